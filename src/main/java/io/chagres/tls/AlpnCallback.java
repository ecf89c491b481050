package io.chagres.tls;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A callback that chooses the protocol of a connection among those that the client offers by ALPN.
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlscreateserveroptions-secureconnectionlistener">tls.createServer: ALPNCallback</a>
 */
@FunctionalInterface
public interface AlpnCallback {

    /**
     * Called on the loop thread, before the handshake. If it throws, the connection fails with what it throws.
     *
     * @param servername the name that the client asks for; null if there is none
     * @param protocols those of the client, in its order; not empty
     * @return one of {@code protocols}; null to refuse the client with the alert no_application_protocol. Another value fails the
     *     connection with ERR_TLS_ALPN_CALLBACK_INVALID_RESULT
     */
    @Nullable
    String select(@Nullable String servername, List<String> protocols);
}
