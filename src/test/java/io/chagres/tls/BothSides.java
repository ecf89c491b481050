package io.chagres.tls;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.ChagresException;
import io.chagres.fixture.Local;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import java.util.function.Consumer;

/**
 * One handshake between a server and a client of one loop, as Node's fixture tls-connect makes it. When both are secure, the client ends;
 * if one fails, both close.
 */
final class BothSides {

    private final TlsServer listener;
    private final TlsSocket client;
    private final Consumer<? super BothSides> whenSecure;
    private TlsSocket server;
    private boolean clientIsSecure;
    private ChagresException clientError;
    private ChagresException serverError;
    private String close;

    private BothSides(
            Loop loop,
            TlsServerOptions serverOptions,
            TlsClientOptions clientOptions,
            Consumer<? super BothSides> whenSecure) {
        this.whenSecure = whenSecure;
        listener = Tls.createServer(loop, serverOptions, this::serverIsSecure);
        listener.onTlsClientError((error, socket) -> failServer(error));
        listener.listen(0, Local.HOST, null);
        ConnectOptions where = ConnectOptions.to(Local.HOST, listener.address().port());
        client = Tls.connect(loop, where, clientOptions, this::clientIsSecure);
        client.onError(error -> clientError = error);
        client.onClose(hadError -> {
            close = "close " + hadError;
            listener.close();
        });
        client.resume();
    }

    /** Runs the loop until both sides have closed. */
    static BothSides of(Loop loop, TlsServerOptions server, TlsClientOptions client) {
        return of(loop, server, client, both -> {});
    }

    /** @param whenSecure called when both sides are secure, before the client ends */
    static BothSides of(
            Loop loop, TlsServerOptions server, TlsClientOptions client, Consumer<? super BothSides> whenSecure) {
        BothSides both = new BothSides(loop, server, client, whenSecure);
        loop.run();
        return both;
    }

    private void failServer(ChagresException error) {
        if (serverError == null) {
            serverError = error;
        }
        listener.close();
    }

    private void clientIsSecure() {
        clientIsSecure = true;
        endIfBothAreSecure();
    }

    private void serverIsSecure(TlsSocket socket) {
        server = socket;
        socket.onError(this::failServer);
        socket.resume();
        listener.close();
        endIfBothAreSecure();
    }

    private void endIfBothAreSecure() {
        if (clientIsSecure && server != null) {
            whenSecure.accept(this);
            client.end();
        }
    }

    TlsSocket client() {
        return client;
    }

    /** Null if the server was never secure. */
    TlsSocket server() {
        return server;
    }

    boolean clientIsSecureEver() {
        return clientIsSecure;
    }

    /** The codes of the errors, "client/server", with "-" for none. */
    String errors() {
        return code(clientError) + "/" + code(serverError);
    }

    /** The close event of the client, "close true" after an error. */
    String close() {
        return close;
    }

    ChagresException clientError() {
        return clientError;
    }

    ChagresException serverError() {
        return serverError;
    }

    /** Fails unless both were secure and neither had an error. */
    BothSides expectNoErrors() {
        assertEquals("-/-", errors(), () -> clientError + " / " + serverError);
        assertEquals("true true", clientIsSecure + " " + (server != null));
        return this;
    }

    private static String code(ChagresException error) {
        return error == null ? "-" : error.code();
    }
}
