package io.chagres.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/** A private key and the chain of certificates that belongs to it, the owner's first. */
record Identity(List<X509Certificate> chain, PrivateKey key) {

    X509Certificate certificate() {
        return chain.getFirst();
    }

    @Override
    public String toString() {
        return certificate().getSubjectX500Principal().getName() + " (" + key.getAlgorithm() + ")";
    }
}
