package io.chagres.net;

import io.chagres.loop.ChagresException;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Finds the addresses of a host in a way of its own: the lookup option of Node's socket.connect.
 *
 * @see ConnectOptions#lookup(HostLookup)
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
            return new Address(address, Net.isIP(address));
        }

        boolean isValid() {
            return Net.isIP(address) != 0 && (family == 4 || family == 6);
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
