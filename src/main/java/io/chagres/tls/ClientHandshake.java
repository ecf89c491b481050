package io.chagres.tls;

import io.chagres.ChagresException;
import io.chagres.address.SocketAddress;
import io.chagres.net.Net;
import io.chagres.net.Socket;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLPeerUnverifiedException;
import javax.net.ssl.SSLSession;
import org.jspecify.annotations.Nullable;

/** The handshake of a client: it names the server that it wants, and checks that it has got it. */
final class ClientHandshake extends Handshake {

    private final TlsClientOptions options;
    private final @Nullable String servername;

    ClientHandshake(TlsSocket socket, TlsClientOptions options) {
        super(socket, options.secureContext(), options.rejectUnauthorized(), options.handshakeTimeout());
        this.options = options;
        servername = options.servername();
    }

    @Override
    boolean isClient() {
        return true;
    }

    @Override
    void begin() {
        if (socket().below() instanceof Socket below && below.isConnecting()) {
            below.onConnect(new Runnable() {
                @Override
                public void run() {
                    below.offConnect(this);
                    sendHello();
                }
            });
        } else {
            socket().later(this::sendHello);
        }
    }

    private void sendHello() {
        if (socket().isDestroyed()) {
            return;
        }
        try {
            SecureContext context = defaultContext();
            SSLEngine engine = context.clientEngine(servername, port(), check);
            name(engine);
            use(context, engine);
            engine.beginHandshake();
            conversation().goOn();
        } catch (Exception error) {
            conversation().fail(TlsErrors.of(error, true));
        }
    }

    /** Sessions are kept for a name and a port. */
    private int port() {
        SocketAddress peer = socket().remoteAddress();
        return peer == null ? 0 : peer.port();
    }

    private void name(SSLEngine engine) {
        SSLParameters parameters = engine.getSSLParameters();
        if (servername != null && !Net.isIPv4(servername) && !Net.isIPv6(servername)) {
            parameters.setServerNames(List.of(new SNIHostName(servername.getBytes(StandardCharsets.US_ASCII))));
        }
        parameters.setApplicationProtocols(options.alpn().toArray(String[]::new));
        engine.setSSLParameters(parameters);
    }

    @Override
    boolean receive(ByteBuffer chunk) {
        chunk.position(chunk.limit()); // a server that speaks before the client does
        conversation()
                .fail(new ChagresException("ERR_SSL_WRONG_VERSION_NUMBER", "bytes have arrived before the hello"));
        return false;
    }

    @Override
    @Nullable
    String requestedName() {
        return servername;
    }

    @Override
    boolean sendAlert(ChagresException error) {
        return false;
    }

    @Override
    boolean maySignWhileItDecrypts() {
        return defaultContext().hasCertificate();
    }

    @Override
    boolean wantsPeer() {
        return true;
    }

    @Override
    @Nullable
    ChagresException identityError(SSLSession session) {
        if (servername == null) {
            return null;
        }
        try {
            X509Certificate peer = (X509Certificate) session.getPeerCertificates()[0];
            return options.identityCheck().check(servername, peer);
        } catch (RuntimeException thrown) {
            return ChagresException.of(thrown); // by the check of the user: who the server is, is not known
        } catch (SSLPeerUnverifiedException noCertificate) {
            return new ChagresException(
                    "UNABLE_TO_GET_ISSUER_CERT", "the server has shown no certificate", noCertificate);
        }
    }
}
