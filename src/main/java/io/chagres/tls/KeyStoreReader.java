package io.chagres.tls;

import io.chagres.UsageException;
import java.security.GeneralSecurityException;
import java.security.Key;
import java.security.KeyStore;
import java.security.KeyStoreException;
import java.security.PrivateKey;
import java.security.UnrecoverableKeyException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.stream.Stream;

/** Reads the private keys of a KeyStore, and their certificates. */
final class KeyStoreReader {

    private KeyStoreReader() {}

    static List<Identity> identities(KeyStore store, char[] password) {
        List<Identity> identities = new ArrayList<>();
        try {
            for (String alias : Collections.list(store.aliases())) {
                Certificate[] chain = store.getCertificateChain(alias);
                if (store.isKeyEntry(alias) && chain != null && chain[0] instanceof X509Certificate) {
                    Key key = store.getKey(alias, password);
                    if (key instanceof PrivateKey secret) {
                        identities.add(KeyMatch.require(new Identity(x509(chain), secret)));
                    }
                }
            }
        } catch (UnrecoverableKeyException wrong) {
            throw KeyReader.badDecrypt("the keys in the store");
        } catch (KeyStoreException notLoaded) {
            throw refused("must be loaded. Received one of type " + store.getType() + ": " + notLoaded.getMessage());
        } catch (GeneralSecurityException broken) {
            throw refused("must have readable keys: " + broken.getMessage());
        }
        if (identities.isEmpty()) {
            throw refused("must have a private key with a certificate. Received one without");
        }
        return List.copyOf(identities);
    }

    private static List<X509Certificate> x509(Certificate[] chain) {
        return Stream.of(chain).map(X509Certificate.class::cast).toList();
    }

    private static UsageException refused(String why) {
        return new UsageException("ERR_INVALID_ARG_VALUE", "store " + why);
    }
}
