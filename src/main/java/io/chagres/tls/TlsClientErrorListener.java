package io.chagres.tls;

import io.chagres.ChagresException;

/** A listener for connections whose handshake has failed, see {@link TlsServer#onTlsClientError}. */
@FunctionalInterface
public interface TlsClientErrorListener {

    /**
     * Called on the loop thread.
     *
     * @param error why the handshake has failed
     * @param socket the connection, which is destroyed; its {@link TlsSocket#remoteAddress()} is still known
     */
    void onTlsClientError(ChagresException error, TlsSocket socket);
}
