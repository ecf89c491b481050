package io.chagres.tls;

import io.chagres.UsageException;
import java.io.ByteArrayInputStream;
import java.security.cert.CRLException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509CRL;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Reads certificates and lists of revoked ones from PEM. */
final class CertificateReader {

    /** "TRUSTED CERTIFICATE" has OpenSSL's own data behind the certificate, which the JDK ignores. */
    private static final Set<String> CERTIFICATE = Set.of("CERTIFICATE", "X509 CERTIFICATE", "TRUSTED CERTIFICATE");

    private static final String CRL = "X509 CRL";

    private CertificateReader() {}

    static List<X509Certificate> certificates(String pem, String name) {
        List<Pem> blocks = Pem.blocks(UsageException.requireArgument(pem, name));
        List<X509Certificate> certificates = new ArrayList<>();
        for (Pem block : blocks) {
            if (CERTIFICATE.contains(block.label())) {
                certificates.add(certificate(block, name));
            }
        }
        if (certificates.isEmpty()) {
            throw new UsageException(
                    "ERR_OSSL_PEM_NO_START_LINE",
                    "no start line: " + name + " must have a certificate in PEM. Received " + Pem.labels(blocks));
        }
        return List.copyOf(certificates);
    }

    private static X509Certificate certificate(Pem block, String name) {
        try {
            return (X509Certificate) factory().generateCertificate(new ByteArrayInputStream(block.bytes()));
        } catch (CertificateException broken) {
            throw new UsageException(
                    "ERR_OSSL_ASN1_WRONG_TAG",
                    name + " has a certificate of " + block.bytes().length + " bytes that is malformed: "
                            + broken.getMessage());
        }
    }

    static List<X509CRL> crls(String pem) {
        List<Pem> blocks = Pem.blocks(UsageException.requireArgument(pem, "pem"));
        List<X509CRL> lists = new ArrayList<>();
        for (Pem block : blocks) {
            if (block.label().equals(CRL)) {
                lists.add(crl(block));
            }
        }
        if (lists.isEmpty()) {
            throw notParsed("pem must have an X509 CRL. Received " + Pem.labels(blocks));
        }
        return List.copyOf(lists);
    }

    private static X509CRL crl(Pem block) {
        try {
            return (X509CRL) factory().generateCRL(new ByteArrayInputStream(block.bytes()));
        } catch (CRLException broken) {
            throw notParsed("It is malformed: " + broken.getMessage());
        }
    }

    private static UsageException notParsed(String why) {
        return new UsageException("ERR_CRYPTO_OPERATION_FAILED", "Failed to parse CRL: " + why);
    }

    private static CertificateFactory factory() {
        try {
            return CertificateFactory.getInstance("X.509");
        } catch (CertificateException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
