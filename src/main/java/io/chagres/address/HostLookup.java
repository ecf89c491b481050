package io.chagres.address;

import io.chagres.ChagresException;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Finds the addresses of a host in a way of its own: the lookup option of Node's socket.connect.
 *
 * @see <a href="https://nodejs.org/api/net.html#socketconnectoptions-connectlistener">socket.connect: lookup</a>
 */
@FunctionalInterface
public interface HostLookup {

    /**
     * One answer.
     *
     * @param address an IP address; anything else makes the connect fail with ERR_INVALID_IP_ADDRESS
     * @param family 4 or 6; anything else makes it fail with ERR_INVALID_ADDRESS_FAMILY
     */
    record Address(String address, int family) {

        /** An address with the family that it is of. */
        public static Address of(String address) {
            return new Address(address, Ip.version(address));
        }
    }

    /**
     * Looks {@code host} up. It is asked on the thread of the loop, and must not block it.
     *
     * @param options the family that is wanted, and the hints
     * @param answer is told once, on the thread of the loop, now or later: the addresses in the order of preference and null,
     *     or null and the error that the connect fails with
     */
    void lookup(String host, LookupOptions options, BiConsumer<? super List<Address>, ? super ChagresException> answer);
}
