package io.chagres.tls;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import org.jspecify.annotations.Nullable;

/** The answer that a {@link SniCallback} gives: one call of one of the methods, on the loop thread. */
public interface SniAnswer {

    /**
     * Goes on with {@code context}. Without effect if the connection was destroyed meanwhile.
     *
     * @param context null for the context of the server
     * @throws UsageException ERR_MULTIPLE_CALLBACK if there was an answer
     */
    void use(@Nullable SecureContext context);

    /**
     * Refuses the connection with {@code error}, which goes to {@link TlsServer#onTlsClientError}.
     *
     * @throws UsageException ERR_MULTIPLE_CALLBACK if there was an answer; EINVAL if {@code error} is null
     */
    void fail(ChagresException error);
}
