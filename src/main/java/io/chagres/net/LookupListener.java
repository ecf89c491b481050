package io.chagres.net;

import io.chagres.ChagresException;
import org.jspecify.annotations.Nullable;

/**
 * Receives the result of a lookup, see {@link Socket#onLookup}: Node's lookup event, with the error last as in all callbacks here.
 *
 * @see <a href="https://nodejs.org/api/net.html#event-lookup">Event: 'lookup'</a>
 */
@FunctionalInterface
public interface LookupListener {

    /**
     * Is called once for each address that is tried, or once with the error.
     *
     * @param address the address; null after an error
     * @param family 4 or 6; 0 after an error
     * @param host the host that was looked up
     * @param error the error; null if an address was found
     */
    void onLookup(@Nullable String address, int family, String host, @Nullable ChagresException error);
}
