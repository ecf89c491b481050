package io.chagres.tls;

import io.chagres.ChagresException;
import org.jspecify.annotations.Nullable;

/**
 * One handshake's wish for the certificate of its peer, and the result of the check. Worker threads write it, and the loop thread reads
 * it when the handshake has finished.
 */
final class PeerCheck {

    private final boolean rejectsUnauthorized;
    private final long startedMillis = System.currentTimeMillis();
    private volatile boolean isFull;
    private volatile @Nullable ChagresException authorizationError;

    /** @param rejectsUnauthorized whether a chain that is not trusted fails the handshake */
    PeerCheck(boolean rejectsUnauthorized) {
        this.rejectsUnauthorized = rejectsUnauthorized;
    }

    boolean rejectsUnauthorized() {
        return rejectsUnauthorized;
    }

    long startedMillis() {
        return startedMillis;
    }

    /** Returns whether a certificate was chosen or checked. If not, the handshake has resumed a session, or was anonymous. */
    boolean isFull() {
        return isFull;
    }

    /** Returns the reason for which the peer's chain is not trusted. It is null if the chain is trusted, and if there was none. */
    @Nullable
    ChagresException authorizationError() {
        return authorizationError;
    }

    void setFull() {
        isFull = true;
    }

    void setAuthorizationError(@Nullable ChagresException error) {
        authorizationError = error;
    }
}
