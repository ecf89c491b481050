package io.chagres.tls;

import io.chagres.fixture.Waits;
import io.chagres.tls.Encounter.Role;
import io.chagres.tls.Encounter.Seen;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.FutureTask;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSession;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

/** A socket of javax.net.ssl that blocks. */
final class JavaxSide implements OtherSide {

    private static final int PATIENCE_MILLIS = 30_000;

    private final Encounter encounter;
    private final SSLContext context;
    private SSLServerSocket listener;
    private FutureTask<List<Seen>> accepting;

    JavaxSide(Encounter encounter) throws Exception {
        this.encounter = encounter;
        String key = encounter.key();
        boolean isClient = encounter.theirs() == Role.CLIENT;
        KeyManagerFactory keys = KeyManagerFactory.getInstance("PKIX");
        keys.init(
                !isClient
                        ? store("server-" + key + "-chain", "server-" + key + "-key", key)
                        : encounter.hasClientCertificate()
                                ? store("client-" + key, "client-" + key + "-key", key)
                                : null,
                new char[0]);
        TrustManagerFactory trust = TrustManagerFactory.getInstance("PKIX");
        KeyStore roots = empty();
        roots.setCertificateEntry("ca", chain("ca")[0]);
        trust.init(roots);
        context = SSLContext.getInstance("TLS");
        context.init(keys.getKeyManagers(), trust.getTrustManagers(), null);
    }

    private static KeyStore empty() throws Exception {
        KeyStore store = KeyStore.getInstance("JKS"); // PKCS12 derives a key for each entry: 10,000 times SHA-256
        store.load(null, null);
        return store;
    }

    private static KeyStore store(String chain, String key, String algorithm) throws Exception {
        String base64 = Certificates.pem(key).replaceAll("-----.*-----|\\s", "");
        KeyStore store = empty();
        store.setKeyEntry(
                "own",
                KeyFactory.getInstance(algorithm)
                        .generatePrivate(
                                new PKCS8EncodedKeySpec(Base64.getDecoder().decode(base64))),
                new char[0],
                chain(chain));
        return store;
    }

    private static Certificate[] chain(String name) throws Exception {
        return CertificateFactory.getInstance("X.509")
                .generateCertificates(new ByteArrayInputStream(Certificates.bytes(name + ".pem")))
                .toArray(Certificate[]::new);
    }

    @Override
    public List<Seen> connect(int port) throws Exception {
        List<Seen> seen = new ArrayList<>();
        for (int i = 0; i < 2; i++) {
            try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("localhost", port)) {
                seen.add(talk(socket));
            }
        }
        return seen;
    }

    @Override
    public int listen() throws Exception {
        listener = (SSLServerSocket)
                context.getServerSocketFactory().createServerSocket(0, 2, InetAddress.getByName("127.0.0.1"));
        listener.setSoTimeout(PATIENCE_MILLIS);
        accepting = new FutureTask<>(() -> {
            List<Seen> seen = new ArrayList<>();
            for (int i = 0; i < 2; i++) {
                try (SSLSocket socket = (SSLSocket) listener.accept()) {
                    seen.add(talk(socket));
                }
            }
            return seen;
        });
        Thread.ofPlatform().daemon().name("javax").start(accepting);
        return listener.getLocalPort();
    }

    @Override
    public List<Seen> accepted() {
        return Waits.get(accepting);
    }

    private Seen talk(SSLSocket socket) throws Exception {
        socket.setSoTimeout(PATIENCE_MILLIS);
        socket.setEnabledProtocols(new String[] {encounter.version().protocol()});
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setApplicationProtocols(new String[] {Encounter.PROTOCOL});
        if (encounter.theirs() == Role.CLIENT) {
            parameters.setEndpointIdentificationAlgorithm("HTTPS");
        } else {
            parameters.setNeedClientAuth(encounter.hasClientCertificate());
        }
        socket.setSSLParameters(parameters);
        Thread.sleep(2); // a session that is resumed is older than its connection, in milliseconds
        long begin = System.currentTimeMillis();
        socket.startHandshake();
        SSLSession session = socket.getSession();
        byte[] received = exchange(socket);
        return new Seen(
                Encounter.digest(received),
                session.getCreationTime() < begin,
                session.getProtocol(),
                hasPeer(session),
                socket.getApplicationProtocol(),
                ending);
    }

    private String ending;

    private byte[] exchange(SSLSocket socket) throws IOException {
        byte[] bytes = encounter.bytesOf(encounter.theirs());
        byte[] received;
        if (encounter.answersAnEnd(encounter.theirs())) {
            received = toTheEnd(socket.getInputStream());
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
        } else {
            socket.getOutputStream().write(bytes);
            if (encounter.endsFirst(encounter.theirs())) {
                socket.shutdownOutput();
            }
            received = toTheEnd(socket.getInputStream());
        }
        return received;
    }

    /** Reads to the close_notify: an end without it is an exception. */
    private byte[] toTheEnd(InputStream in) throws IOException {
        try {
            byte[] received = in.readAllBytes();
            ending = "end";
            return received;
        } catch (SSLException truncated) {
            ending = truncated.toString();
            return new byte[0];
        }
    }

    private static boolean hasPeer(SSLSession session) {
        try {
            return session.getPeerCertificates().length > 0;
        } catch (SSLPeerUnverifiedException none) {
            return false;
        }
    }

    @Override
    public void close() throws IOException {
        if (listener != null) {
            listener.close();
        }
    }
}
