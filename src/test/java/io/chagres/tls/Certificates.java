package io.chagres.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Objects;

/** The certificates and keys of the tests, which src/test/sh/tls-certificates.sh makes. Encrypted keys have the passphrase "secret". */
final class Certificates {

    static final String PASSPHRASE = "secret";

    private Certificates() {}

    /** Returns the text of a file, for instance "server-rsa-chain". */
    static String pem(String name) {
        return new String(bytes(name + ".pem"), StandardCharsets.US_ASCII);
    }

    static byte[] bytes(String file) {
        try (InputStream in = Objects.requireNonNull(Certificates.class.getResourceAsStream(file), file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the first certificate of a file. */
    static X509Certificate certificate(String name) {
        return CertificateReader.certificates(pem(name), name).getFirst();
    }

    /** A server for localhost, *.example.test, 127.0.0.1 and ::1, with an EC key. */
    static SecureContextOptions serverEc() {
        return SecureContextOptions.defaults().certificate(pem("server-ec-chain"), pem("server-ec-key"));
    }

    /** A server for the same names with an RSA key. */
    static SecureContextOptions serverRsa() {
        return SecureContextOptions.defaults().certificate(pem("server-rsa-chain"), pem("server-rsa-key"));
    }

    /** A peer that trusts the root of all certificates here but "other-ca" and "self-signed". */
    static SecureContextOptions trusting() {
        return SecureContextOptions.defaults().ca(pem("ca"));
    }

    /** A client that trusts that root, and has a certificate of its own. */
    static SecureContextOptions clientEc() {
        return trusting().certificate(pem("client-ec"), pem("client-ec-key"));
    }
}
