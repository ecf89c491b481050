package io.chagres.tls;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.handle.Completion;
import io.chagres.loop.internal.Listeners;
import io.chagres.loop.internal.LoopCore;
import io.chagres.net.Layer;
import io.chagres.socket.KeepAlive;
import io.chagres.stream.CloseListener;
import io.chagres.stream.Duplex;
import io.chagres.stream.Readable;
import io.chagres.stream.Writable;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Consumer;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/**
 * A connection over TLS: tls.TLSSocket. Clients get one from {@link Tls#connect}, servers from {@link Tls#createServer}. It is a layer over
 * any stream: over a socket that has spoken plain text so far ({@code STARTTLS}), a Unix socket, a tunnel of another TLS connection.
 *
 * <pre>{@code
 * Tls.connect(loop, 443, "example.org", () -> {})
 *         .onText(UTF_8, System.out::print)
 *         .onError(System.err::println)
 *         .end("GET / HTTP/1.0\r\nHost: example.org\r\n\r\n");
 * }</pre>
 *
 * <h2>Lifecycle</h2>
 *
 * <ul>
 *   <li>The handshake begins when the stream below is connected. Writes, and an {@link #end()}, wait for it. Its costly steps, signatures
 *       and the check of the peer's chain, run on the worker pool of {@link io.chagres.handle.Work}.
 *   <li>{@link #onSecureConnect}: the peer is known. Bytes flow.
 *   <li>{@link #end()} sends a close_notify and ends the stream below. The peer's close_notify is the end event. With TLS 1.3 the two
 *       directions end one by one. With TLS 1.2 the first close_notify ends both: a write after the peer's fails with EPIPE.
 *   <li>{@link #destroy()} gives up both at once, without a close_notify: the peer notices that something is missing.
 * </ul>
 *
 * <p>Errors arrive at {@link #onError}. Those of the handshake have OpenSSL's names, as in Node: ERR_SSL_WRONG_VERSION_NUMBER for a server
 * that speaks no TLS, DEPTH_ZERO_SELF_SIGNED_CERT and others for a chain that is not trusted, ERR_TLS_CERT_ALTNAME_INVALID for a
 * certificate of another name, ECONNRESET for a connection that ends before it is secure. An end without a close_notify is
 * ERR_SSL_UNEXPECTED_EOF_WHILE_READING, once all that has arrived was read.
 *
 * <p>The writes of a turn make one record, of up to 16 KiB of plain text, and go to the kernel in one call. A connection that is idle has
 * no buffers. Renegotiation is refused, with ERR_TLS_RENEGOTIATION_DISABLED.
 *
 * @see <a href="https://nodejs.org/api/tls.html#class-tlstlssocket">tls.TLSSocket</a>
 */
public final class TlsSocket extends Layer {

    private static final int MIN_FRAGMENT = 512;

    private final Conversation conversation;
    private @Nullable ChagresException authorizationError;
    private boolean reused;
    private @Nullable Listeners<Runnable> secureListeners;
    private @Nullable Listeners<Consumer<? super SSLSession>> sessionListeners;

    private TlsSocket(Duplex below, TlsClientOptions options) {
        super(below, options.duplex());
        Handshake handshake = new ClientHandshake(this, options);
        conversation = new Conversation(this, handshake, options.requireCloseNotify());
        handshake.begin();
    }

    private TlsSocket(Duplex below, TlsServerOptions options) {
        super(below, options.duplex());
        Handshake handshake = new ServerHandshake(this, options);
        conversation = new Conversation(this, handshake, options.requireCloseNotify());
        handshake.begin();
    }

    /**
     * Makes the client's side of TLS over {@code below}. The handshake begins on a tick, or when {@code below}, a socket, is connected.
     *
     * <pre>{@code
     * TlsSocket secure = TlsSocket.client(plain, TlsClientOptions.defaults().servername("mail.example.org")); // after STARTTLS
     * }</pre>
     *
     * @param below a stream that has no other listeners for its data; it should be able to be half open
     * @throws UsageException EINVAL if an argument is null; ERR_MISSING_ARGS if the options name no server, although it must prove its name
     */
    public static TlsSocket client(Duplex below, TlsClientOptions options) {
        UsageException.requireArgument(options, "options");
        if (options.servername() == null && options.rejectUnauthorized()) {
            throw new UsageException(
                    "ERR_MISSING_ARGS",
                    "The \"options.servername\" option must be specified: the server has to prove its name");
        }
        return new TlsSocket(UsageException.requireArgument(below, "below"), options);
    }

    /**
     * Makes the server's side of TLS over {@code below}.
     *
     * @param below a stream that has no other listeners for its data; it should be able to be half open
     * @throws UsageException EINVAL if an argument is null
     */
    public static TlsSocket server(Duplex below, TlsServerOptions options) {
        UsageException.requireArgument(options, "options");
        return new TlsSocket(UsageException.requireArgument(below, "below"), options);
    }

    // ---- the peer

    /**
     * Adds a listener that is called once the handshake has finished and the peer is known, on both sides. Data that the peer has sent
     * with the last message of the handshake follows in the same callback.
     */
    public TlsSocket onSecureConnect(Runnable listener) {
        checkThread();
        secureListeners = Listeners.add(secureListeners, UsageException.requireArgument(listener, "listener"));
        return this;
    }

    /** Removes a listener of {@link #onSecureConnect}. */
    public void offSecureConnect(Runnable listener) {
        checkThread();
        secureListeners = Listeners.remove(secureListeners, UsageException.requireArgument(listener, "listener"));
    }

    /**
     * Adds a listener for sessions, on a client: called with the session of this connection when a later one to the same name and port,
     * with the same {@link SecureContext}, can resume it. With TLS 1.3 that is after the handshake, once for each ticket of the server.
     */
    public TlsSocket onSession(Consumer<? super SSLSession> listener) {
        checkThread();
        sessionListeners = Listeners.add(sessionListeners, UsageException.requireArgument(listener, "listener"));
        conversation.onTicket(this::emitSession);
        return this;
    }

    /** Removes a listener of {@link #onSession}. */
    public void offSession(Consumer<? super SSLSession> listener) {
        checkThread();
        sessionListeners = Listeners.remove(sessionListeners, UsageException.requireArgument(listener, "listener"));
    }

    private void emitSession() {
        SSLSession session = session();
        try {
            for (var at = sessionListeners; at != null && session != null; at = at.next()) {
                at.listener().accept(session);
            }
        } catch (Throwable thrown) {
            raise(thrown);
        }
    }

    /** Returns whether the handshake has finished. */
    public boolean isSecure() {
        checkThread();
        return conversation.isSecure();
    }

    /**
     * Returns whether the peer has proved who it is. False before {@link #onSecureConnect}, and on a server that asks for no certificate.
     */
    public boolean isAuthorized() {
        return isSecure() && authorizationError == null && !peerCertificates().isEmpty();
    }

    /** Returns why the peer is not trusted, with OpenSSL's code; null if it is, or has no certificate that was asked for. */
    public @Nullable ChagresException authorizationError() {
        checkThread();
        return authorizationError;
    }

    /** Returns whether the handshake has resumed an earlier session, without a certificate and a signature. */
    public boolean isSessionReused() {
        checkThread();
        return reused;
    }

    /** Returns the certificates of the peer, its own first; an empty list if it has shown none, or the handshake has not finished. */
    public List<X509Certificate> peerCertificates() {
        return PeerFacts.peerCertificates(session());
    }

    /** Returns the certificates that were shown to the peer, the own one first; an empty list if there were none. */
    public List<X509Certificate> localCertificates() {
        return PeerFacts.localCertificates(session());
    }

    /** Returns the version of the protocol, "TLSv1.3"; null before the handshake has finished. */
    public @Nullable String protocol() {
        SSLSession session = session();
        return session == null ? null : session.getProtocol();
    }

    /** Returns the cipher suite; null before the handshake has finished. */
    public @Nullable Cipher cipher() {
        SSLSession session = session();
        return session == null ? null : new Cipher(session.getCipherSuite(), session.getProtocol());
    }

    /** Returns the protocol that was agreed on by ALPN, such as "http/1.1"; null if there is none. */
    public @Nullable String alpnProtocol() {
        SSLEngine engine = engine();
        String protocol = engine == null ? null : engine.getApplicationProtocol();
        return protocol == null || protocol.isEmpty() ? null : protocol;
    }

    /**
     * Returns the name of the server that the client has asked for; null if there is none. On a server it is known when the handshake has
     * finished, and earlier if a callback has asked for it, {@link TlsServerOptions#sni}.
     */
    public @Nullable String servername() {
        String known = PeerFacts.servername(session());
        return known != null ? known : conversation.requestedName();
    }

    /** Returns the session as the JDK has it; null before the handshake has finished. */
    public @Nullable SSLSession session() {
        SSLEngine engine = engine();
        return engine == null ? null : engine.getSession();
    }

    /** Returns the OCSP responses that the server has stapled to its certificates, on a client; an empty list if there are none. */
    public List<byte[]> ocspResponses() {
        return PeerFacts.ocspResponses(session());
    }

    /**
     * Returns key material that both sides can derive from the session, and no third party: RFC 5705.
     *
     * @param length in bytes, 1 or more
     * @param context null for none
     * @throws UsageException ERR_TLS_INVALID_STATE before the handshake has finished; ERR_FEATURE_UNAVAILABLE_ON_PLATFORM on a JDK before 25
     */
    public byte[] exportKeyingMaterial(int length, String label, byte @Nullable [] context) {
        return PeerFacts.exportKeyingMaterial(session(), length, label, context);
    }

    /**
     * Sets the maximum of plain text in a record that is sent, in bytes; 16,384 by default. Smaller records reach the first byte earlier
     * on a slow network, and cost more.
     *
     * @param size 512 to 16,384
     * @throws UsageException ERR_OUT_OF_RANGE
     */
    public TlsSocket setMaxSendFragment(int size) {
        checkThread();
        UsageException.requireRange(size, MIN_FRAGMENT, TlsMemory.MAX_PLAIN, "size");
        conversation.setMaxFragment(size);
        return this;
    }

    /** Returns the number of bytes of plain text that have arrived. */
    public long bytesRead() {
        checkThread();
        return conversation.bytesRead();
    }

    /** Returns the number of bytes of plain text that were written, those that still wait included. */
    public long bytesWritten() {
        checkThread();
        return conversation.bytesWritten() + waitingLength();
    }

    private @Nullable SSLEngine engine() {
        checkThread();
        return conversation.isSecure() ? conversation.engineOrNull() : null;
    }

    // ---- for the conversation

    Conversation conversation() {
        return conversation;
    }

    void later(Runnable tick) {
        tick(tick);
    }

    void authorize(@Nullable ChagresException error, boolean resumed) {
        authorizationError = error;
        reused = resumed;
    }

    void secured() {
        if (sessionListeners != null && !conversation.isVersion13()) {
            emitSession();
        }
        try {
            Listeners.run(secureListeners);
        } catch (Throwable thrown) {
            raise(thrown);
        }
    }

    /** Hands what a listener has thrown to the loop's uncaught handler: it is no error of TLS, and the stream goes on. */
    private void raise(Throwable thrown) {
        LoopCore.of(loop()).callbacks().raise(thrown);
    }

    void pullNow() {
        pull();
    }

    boolean lends() {
        return canLend();
    }

    boolean receivedText(ByteBuffer text) {
        return pushOwned(text);
    }

    boolean receivedLoan(ByteBuffer text) {
        return lend(text);
    }

    void receivedTextEnd() {
        pushEnd();
        pull();
    }

    // ---- the stream

    @Override
    protected boolean borrowsChunks() {
        return true;
    }

    @Override
    protected boolean received(ByteBuffer chunk) {
        return conversation.receive(chunk);
    }

    @Override
    protected void receivedEnd() {
        conversation.receivedEnd();
    }

    @Override
    protected void receivedClose() {
        if (conversation.isSecure()) {
            destroy();
        } else {
            destroy(Handshake.disconnected());
        }
    }

    @Override
    protected void doRead() {
        conversation.read();
    }

    @Override
    protected boolean releasesBuffers() {
        return true;
    }

    @Override
    protected void doWrite(ByteBuffer data, Completion done) {
        conversation.write(data, done);
    }

    @Override
    protected void doFinal(Completion done) {
        conversation.end(done);
    }

    @Override
    protected void doDestroy(@Nullable ChagresException error, Completion done) {
        conversation.destroy(error);
        done.onComplete(error);
    }

    /** Returns whether the handshake has finished and nothing is pending, see {@link Layer#isIdle()}. */
    @Override
    public boolean isIdle() {
        return conversation.isSecure() && !conversation.hasPart() && super.isIdle();
    }

    @Override
    protected void describe(StringJoiner text) {
        text.add(conversation.isSecure() ? "secure" : "handshake");
        super.describe(text);
    }

    // ---- the calls of a Duplex and a Layer, returning a TlsSocket

    @Override
    public TlsSocket onData(Consumer<? super ByteBuffer> listener) {
        super.onData(listener);
        return this;
    }

    @Override
    public TlsSocket onText(Charset charset, Consumer<String> listener) {
        super.onText(charset, listener);
        return this;
    }

    @Override
    public TlsSocket onReadable(Runnable listener) {
        super.onReadable(listener);
        return this;
    }

    @Override
    public TlsSocket onEnd(Runnable listener) {
        super.onEnd(listener);
        return this;
    }

    @Override
    public TlsSocket onPause(Runnable listener) {
        super.onPause(listener);
        return this;
    }

    @Override
    public TlsSocket onResume(Runnable listener) {
        super.onResume(listener);
        return this;
    }

    @Override
    public TlsSocket onDrain(Runnable listener) {
        super.onDrain(listener);
        return this;
    }

    @Override
    public TlsSocket onPrefinish(Runnable listener) {
        super.onPrefinish(listener);
        return this;
    }

    @Override
    public TlsSocket onFinish(Runnable listener) {
        super.onFinish(listener);
        return this;
    }

    @Override
    public TlsSocket onPipe(Consumer<? super Readable> listener) {
        super.onPipe(listener);
        return this;
    }

    @Override
    public TlsSocket onUnpipe(Consumer<? super Readable> listener) {
        super.onUnpipe(listener);
        return this;
    }

    @Override
    public TlsSocket onError(Consumer<? super ChagresException> listener) {
        super.onError(listener);
        return this;
    }

    @Override
    public TlsSocket onClose(CloseListener listener) {
        super.onClose(listener);
        return this;
    }

    @Override
    public TlsSocket pause() {
        super.pause();
        return this;
    }

    @Override
    public TlsSocket resume() {
        super.resume();
        return this;
    }

    @Override
    public TlsSocket unpipe() {
        super.unpipe();
        return this;
    }

    @Override
    public TlsSocket unpipe(Writable destination) {
        super.unpipe(destination);
        return this;
    }

    @Override
    public TlsSocket end() {
        super.end();
        return this;
    }

    @Override
    public TlsSocket end(@Nullable ByteBuffer last) {
        super.end(last);
        return this;
    }

    @Override
    public TlsSocket end(@Nullable CharSequence last) {
        super.end(last);
        return this;
    }

    @Override
    public TlsSocket end(@Nullable Completion callback) {
        super.end(callback);
        return this;
    }

    @Override
    public TlsSocket end(@Nullable CharSequence last, @Nullable Completion callback) {
        super.end(last, callback);
        return this;
    }

    @Override
    public TlsSocket end(@Nullable ByteBuffer last, @Nullable Completion callback) {
        super.end(last, callback);
        return this;
    }

    @Override
    public TlsSocket destroy() {
        super.destroy();
        return this;
    }

    @Override
    public TlsSocket destroy(@Nullable ChagresException error) {
        super.destroy(error);
        return this;
    }

    @Override
    public TlsSocket setTimeout(long millis) {
        super.setTimeout(millis);
        return this;
    }

    @Override
    public TlsSocket onTimeout(Runnable listener) {
        super.onTimeout(listener);
        return this;
    }

    @Override
    public TlsSocket setNoDelay(boolean on) {
        super.setNoDelay(on);
        return this;
    }

    @Override
    public TlsSocket setKeepAlive(KeepAlive keepAlive) {
        super.setKeepAlive(keepAlive);
        return this;
    }

    @Override
    public TlsSocket ref() {
        super.ref();
        return this;
    }

    @Override
    public TlsSocket unref() {
        super.unref();
        return this;
    }
}
