package io.chagres.tls;

import io.chagres.UsageException;
import java.security.NoSuchAlgorithmException;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import javax.net.ssl.SSLContext;

/** The names of the JDK's cipher suites that Chagres offers, and those it offers by default. */
final class CipherNames {

    private static final List<String> TLS_1_3 =
            List.of("TLS_AES_256_GCM_SHA384", "TLS_CHACHA20_POLY1305_SHA256", "TLS_AES_128_GCM_SHA256");

    /** In Node's order: those of TLS 1.3, then ECDHE with authenticated encryption. */
    private static final List<String> WANTED = Stream.concat(
                    TLS_1_3.stream(),
                    Stream.of(
                            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
                            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256",
                            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
                            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
                            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
                            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256"))
            .toList();

    /** The JDK's, without the empty one that stands for secure renegotiation. */
    static final List<String> SUPPORTED = Stream.of(supported())
            .filter(name -> !name.equals("TLS_EMPTY_RENEGOTIATION_INFO_SCSV"))
            .toList();

    static final List<String> DEFAULTS =
            WANTED.stream().filter(SUPPORTED::contains).toList();

    private CipherNames() {}

    private static String[] supported() {
        try {
            return SSLContext.getDefault().getSupportedSSLParameters().getCipherSuites();
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    static List<String> require(String[] names) {
        if (names.length == 0) {
            throw new UsageException("ERR_SSL_NO_CIPHER_MATCH", "no cipher match: ciphers must have at least one name");
        }
        for (String name : names) {
            if (!SUPPORTED.contains(UsageException.requireArgument(name, "name of a cipher"))) {
                throw new UsageException("ERR_SSL_NO_CIPHER_MATCH", "no cipher match: \"" + name + "\"");
            }
        }
        return List.of(names);
    }

    /** Returns whether {@code version} has a suite in {@code ciphers}. */
    static boolean hasAny(TlsVersion version, List<String> ciphers) {
        boolean isNew = version == TlsVersion.TLS_1_3;
        return ciphers.stream().anyMatch(name -> Set.copyOf(TLS_1_3).contains(name) == isNew);
    }
}
