package io.chagres.address;

import io.chagres.ChagresException;
import java.util.List;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * A function of the user that finds the addresses of a host: the {@code lookup} option of Node's socket.connect.
 *
 * <pre>{@code
 * HostLookup fixed = (host, options, answer) -> answer.accept(List.of(HostLookup.Address.of("127.0.0.1")), null);
 * }</pre>
 *
 * @see <a href="https://nodejs.org/api/net.html#socketconnectoptions-connectlistener">socket.connect: lookup</a>
 */
@FunctionalInterface
public interface HostLookup {

    /**
     * One address of an answer.
     *
     * @param address an IP address; the connect fails with ERR_INVALID_IP_ADDRESS if it is anything else
     * @param family 4 or 6; the connect fails with ERR_INVALID_ADDRESS_FAMILY if it is anything else
     */
    record Address(String address, int family) {

        /** Returns {@code address} with its family. */
        public static Address of(String address) {
            return new Address(address, Ip.version(address));
        }
    }

    /**
     * Looks {@code host} up. The library calls this method on the thread of the loop, so it must not block.
     *
     * @param host the name that is looked up
     * @param options the wanted family, and the hints
     * @param answer must be called once, on the thread of the loop, now or later. It is called with the addresses in
     *     order of preference and null, or with null and the error that the connect fails with
     */
    void lookup(
            String host,
            LookupOptions options,
            BiConsumer<? super @Nullable List<Address>, ? super @Nullable ChagresException> answer);
}
