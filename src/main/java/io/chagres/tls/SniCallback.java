package io.chagres.tls;

/**
 * A callback that chooses the {@link SecureContext} of a connection by the name that the client asks for.
 *
 * <pre>{@code
 * TlsServerOptions.of(context).sni((servername, answer) ->
 *         Work.submit(loop, () -> load(servername), (found, error) -> answer.use(found)))
 * }</pre>
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlscreateserveroptions-secureconnectionlistener">tls.createServer: SNICallback</a>
 */
@FunctionalInterface
public interface SniCallback {

    /**
     * Called on the loop thread when a client has named a server. If it throws, the connection fails with what it throws.
     *
     * @param servername the name as the client has sent it: not checked, and not necessarily a host name
     * @param answer takes the choice, now or later, once
     */
    void onServername(String servername, SniAnswer answer);
}
