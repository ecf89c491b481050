package io.chagres.examples;

import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** Clients of HttpsProxy that trust the authority of the tests, and the certificates of their servers. */
final class SecureClient {

    static final Path RESOURCES = Path.of("src/test/resources/io/chagres/tls");

    private SecureClient() {}

    /** Puts a certificate into the folder of HttpsProxy. */
    static void install(Path folder, String name, String certificate) throws IOException {
        copy(certificate + "-key.pem", folder.resolve(name + "-key.pem"));
        copy(certificate + "-chain.pem", folder.resolve(name + ".pem"));
    }

    private static void copy(String from, Path to) throws IOException {
        Files.copy(RESOURCES.resolve(from), to, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Makes a client of {@code name} over a socket that is connected. The handshake begins with the first byte. */
    static SSLSocket over(Socket plain, String name) throws IOException {
        SSLSocket socket = (SSLSocket) context().getSocketFactory().createSocket(plain, name, plain.getPort(), true);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setServerNames(List.of(new SNIHostName(name)));
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        return socket;
    }

    static SSLContext context() throws IOException {
        try (InputStream authority = Files.newInputStream(RESOURCES.resolve("ca.pem"))) {
            KeyStore roots = KeyStore.getInstance("PKCS12");
            roots.load(null, null);
            roots.setCertificateEntry(
                    "ca", CertificateFactory.getInstance("X.509").generateCertificate(authority));
            TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
            trust.init(roots);
            SSLContext context = SSLContext.getInstance("TLS");
            context.init(null, trust.getTrustManagers(), null);
            return context;
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }
}
