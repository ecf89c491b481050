package io.chagres.tls;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.function.UnaryOperator;

/** Contexts that tests share, since keys and contexts take time to make, and options with them. */
final class Contexts {

    /** Serves with an EC certificate for localhost, *.example.test and the addresses of the loopback. */
    static final SecureContext SERVER =
            of(options -> options.certificate(pem("server-ec-chain"), pem("server-ec-key")));
    /** Trusts the issuer of {@link #SERVER}. */
    static final SecureContext CLIENT = of(options -> options.ca(pem("ca")));

    /** The issuer of the names that the files do not have. */
    static final Authority AUTHORITY = new Authority("CN=Second Root");

    private Contexts() {}

    static SecureContext of(UnaryOperator<SecureContextOptions> options) {
        return SecureContext.of(options.apply(SecureContextOptions.defaults()));
    }

    static SecureContext of(Identity identity) {
        return of(options -> options.certificate(identity.chain(), identity.key()));
    }

    /** Trusts {@link #AUTHORITY} only. */
    static SecureContext trustingAuthority() {
        return of(options -> options.ca(List.of(AUTHORITY.certificate())));
    }

    static TlsServerOptions server() {
        return TlsServerOptions.of(SERVER);
    }

    static TlsServerOptions server(UnaryOperator<SecureContextOptions> options) {
        return TlsServerOptions.of(
                of(start -> options.apply(start.certificate(pem("server-ec-chain"), pem("server-ec-key")))));
    }

    static TlsClientOptions client() {
        return TlsClientOptions.defaults().secureContext(CLIENT);
    }

    static TlsClientOptions client(UnaryOperator<SecureContextOptions> options) {
        return TlsClientOptions.defaults().secureContext(of(start -> options.apply(start.ca(pem("ca")))));
    }

    /** Returns the certificate of the peer, or null. */
    static X509Certificate peer(TlsSocket socket) {
        return socket.peerCertificates().stream().findFirst().orElse(null);
    }

    /** Returns the text of a file made by src/test/sh/tls-certificates.sh. */
    static String pem(String name) {
        return new String(bytes(name + ".pem"), StandardCharsets.US_ASCII);
    }

    static byte[] bytes(String file) {
        try (InputStream in = Contexts.class.getResourceAsStream(file)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
