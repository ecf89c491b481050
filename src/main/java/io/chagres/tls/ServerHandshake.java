package io.chagres.tls;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import java.nio.ByteBuffer;
import java.util.List;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * The handshake of a server. Its engine is made when the first bytes arrive, so that a connection that sends nothing costs little. If the
 * options ask for it, the hello of the client is read before: the name that it has in it chooses the certificate, in a callback that may
 * answer later.
 */
final class ServerHandshake extends Handshake {

    /** The maximum of a hello: JDK engines accept handshake messages of up to 32 KiB. */
    private static final int MAX_HELLO = 32 * 1024;

    private static final String NO_CERTIFICATE = "ERR_SSL_NO_SHARED_CIPHER";
    private static final byte ALERT = 21;
    private static final byte FATAL = 2;
    private static final byte HANDSHAKE_FAILURE = 40;
    private static final byte NO_APPLICATION_PROTOCOL = 120;

    private final TlsServerOptions options;
    /** The bytes that have arrived before there was an engine; null if there are none. */
    private @Nullable ByteBuffer arrived;

    private @Nullable ClientHello hello;
    private boolean asked;

    ServerHandshake(TlsSocket socket, TlsServerOptions options) {
        super(
                socket,
                options.secureContext(),
                options.requestCert() && options.rejectUnauthorized(),
                options.handshakeTimeout());
        this.options = options;
    }

    @Override
    boolean isClient() {
        return false;
    }

    @Override
    void begin() {
        socket().later(() -> {
            if (!socket().isDestroyed()) {
                socket().below().resume();
            }
        });
    }

    @Override
    boolean receive(ByteBuffer chunk) {
        if (!options.readsHello()) {
            return isStarted(defaultContext(), null);
        }
        keep(chunk);
        ByteBuffer bytes = arrived;
        if (!asked && bytes != null) {
            hello = ClientHello.read(bytes);
            if (hello == null && bytes.remaining() > MAX_HELLO) {
                hello = ClientHello.SILENT;
            }
            if (hello != null) {
                asked = true;
                askForContext(hello);
            }
        }
        return false;
    }

    private void keep(ByteBuffer chunk) {
        ByteBuffer before = arrived;
        ByteBuffer joined = ByteBuffer.allocate(chunk.remaining() + (before == null ? 0 : before.remaining()));
        if (before != null) {
            joined.put(before);
        }
        arrived = joined.put(chunk).flip();
    }

    private void askForContext(ClientHello hello) {
        conversation().awaitOther();
        SniCallback callback = options.sni();
        if (callback == null || hello.servername() == null) {
            startKept(defaultContext());
            return;
        }
        try {
            callback.onServername(hello.servername(), new Answer());
        } catch (Throwable thrown) {
            conversation().fail(ChagresException.of(thrown));
        }
    }

    /** The answer of the callback, once. */
    private final class Answer implements SniAnswer {
        private boolean given;

        @Override
        public void use(@Nullable SecureContext context) {
            take();
            if (!socket().isDestroyed()) {
                startKept(context == null ? defaultContext() : context);
            }
        }

        @Override
        public void fail(ChagresException error) {
            UsageException.requireArgument(error, "error");
            take();
            conversation().fail(error);
        }

        private void take() {
            checkThread();
            if (given) {
                throw new UsageException("ERR_MULTIPLE_CALLBACK", "Callback called multiple times");
            }
            given = true;
        }
    }

    /** Begins with {@code context}, and gives the engine the bytes that were kept. */
    private void startKept(SecureContext context) {
        ByteBuffer bytes = arrived;
        arrived = null;
        if (isStarted(context, hello)) {
            conversation().begun(bytes);
        }
    }

    /** Makes the engine. Returns whether there is one; if not, the stream has failed. */
    private boolean isStarted(SecureContext context, @Nullable ClientHello hello) {
        try {
            start(context, hello);
            return true;
        } catch (ChagresException error) {
            conversation().fail(error);
            return false;
        }
    }

    private void start(SecureContext context, @Nullable ClientHello hello) {
        if (!context.hasCertificate()) {
            throw new ChagresException(NO_CERTIFICATE, "the server has no certificate");
        }
        SSLEngine engine = context.serverEngine(check);
        SSLParameters parameters = engine.getSSLParameters();
        if (options.requestCert()) {
            if (options.rejectUnauthorized()) {
                parameters.setNeedClientAuth(true);
            } else {
                parameters.setWantClientAuth(true);
            }
        }
        parameters.setApplicationProtocols(options.alpn().toArray(String[]::new));
        engine.setSSLParameters(parameters);
        if (hello != null) {
            choose(engine, hello);
        }
        use(context, engine);
    }

    /** Asks the callback for the protocol on the loop thread; the engine asks on a worker. */
    private void choose(SSLEngine engine, ClientHello hello) {
        AlpnCallback callback = options.alpnCallback();
        if (callback == null || hello.protocols().isEmpty()) {
            return;
        }
        String chosen;
        List<String> protocols = hello.protocols();
        try {
            chosen = callback.select(hello.servername(), protocols);
        } catch (Throwable thrown) {
            throw ChagresException.of(thrown);
        }
        if (chosen != null && !protocols.contains(chosen)) {
            throw new ChagresException(
                    "ERR_TLS_ALPN_CALLBACK_INVALID_RESULT",
                    "ALPN callback returned a value (" + chosen
                            + ") that did not match any of the client's offered protocols ("
                            + String.join(", ", protocols) + ")");
        }
        if (chosen == null) {
            throw new ChagresException(
                    "ERR_SSL_NO_APPLICATION_PROTOCOL", "none of the client's protocols was chosen: " + protocols);
        }
        String answer = chosen;
        engine.setHandshakeApplicationProtocolSelector((any, offered) -> answer);
    }

    @Override
    @Nullable
    String requestedName() {
        return hello == null ? null : hello.servername();
    }

    /** Tells the client why: there is no key yet, so the alert is plain, RFC 8446, 6.2. */
    @Override
    boolean sendAlert(ChagresException error) {
        boolean hasSpoken = hello != null || error.code().equals(NO_CERTIFICATE);
        if (hasSpoken) {
            boolean isAlpn = error.code().contains("ALPN") || error.code().contains("APPLICATION_PROTOCOL");
            byte alert = isAlpn ? NO_APPLICATION_PROTOCOL : HANDSHAKE_FAILURE;
            socket().below().write(ByteBuffer.wrap(new byte[] {ALERT, 3, 3, 0, 2, FATAL, alert}));
        }
        return hasSpoken;
    }

    @Override
    boolean maySignWhileItDecrypts() {
        return false;
    }

    @Override
    boolean wantsPeer() {
        return options.requestCert();
    }

    @Override
    @Nullable
    ChagresException identityError(SSLSession session) {
        return options.requestCert() && PeerFacts.peerCertificates(session).isEmpty()
                ? new ChagresException("UNABLE_TO_GET_ISSUER_CERT", "unable to get issuer certificate")
                : null;
    }
}
