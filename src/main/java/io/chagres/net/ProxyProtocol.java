package io.chagres.net;

import com.google.errorprone.annotations.CheckReturnValue;
import io.chagres.UsageException;
import io.chagres.address.BlockList;
import io.chagres.address.SocketAddress;
import io.chagres.proxy.ProxyHeaderParser;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.Tcp;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The rules by which a server accepts headers of the PROXY protocol: the value of {@link ServerOptions#proxyProtocol}. They are
 * immutable: each method returns a changed copy.
 *
 * <pre>{@code
 * ServerOptions options = ServerOptions.defaults()
 *         .proxyProtocol(ProxyProtocol.required().from("10.0.0.0/24"));
 * }</pre>
 *
 * <p>A header makes {@link Socket#remoteAddress()} the address that the sender names. A client that may send one can therefore pretend
 * to be any other client. {@link #from} lists those that may; without it, a firewall must keep clients from the port.
 *
 * <table>
 * <caption>A connection, by the address that it comes from</caption>
 * <tr><th></th><th>of {@code from}, or there is no {@code from}</th><th>another address</th></tr>
 * <tr><td>required</td>
 *     <td>must begin with a header. Other bytes, an end or silence: closed, PROXY_HEADER_MISSING or PROXY_HEADER_TIMEOUT</td>
 *     <td>closed at once, PROXY_HEADER_UNTRUSTED</td></tr>
 * <tr><td>optional</td>
 *     <td>may begin with a header. Other bytes, an end or silence: a direct client</td>
 *     <td>must not begin with a header: closed then, PROXY_HEADER_UNTRUSTED. Otherwise a direct client</td></tr>
 * </table>
 *
 * <p>A header that is malformed or too long closes the connection in any case, with PROXY_HEADER_MALFORMED. {@link Server#onDrop} and
 * {@link Server#droppedCount} report all of these, by {@link DroppedConnection.Reason}. Over a Unix socket there is no address, and the
 * mode of its file says who may connect: every peer counts as one of {@code from}.
 *
 * @see <a href="https://www.haproxy.org/download/1.8/doc/proxy-protocol.txt">The PROXY protocol</a>
 */
@CheckReturnValue
public final class ProxyProtocol {

    private static final Duration DEFAULT_TIMEOUT = Duration.ofSeconds(5);

    private static final class Values implements Cloneable {
        private boolean isRequired;
        private @Nullable BlockList from;
        /** The addresses as they were given; null for a list of the user's. */
        private @Nullable List<String> addresses;

        private Duration timeout = DEFAULT_TIMEOUT;
        private int maxLength = ProxyHeaderParser.DEFAULT_MAX_LENGTH;

        private Values copy() {
            try {
                return (Values) clone();
            } catch (CloneNotSupportedException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }

    private final Values values;

    private ProxyProtocol(Values values) {
        this.values = values;
    }

    private ProxyProtocol with(Consumer<Values> change) {
        Values changed = values.copy();
        change.accept(changed);
        return new ProxyProtocol(changed);
    }

    /** Returns the rules of a server that all clients reach through a balancer: each connection must begin with a header. */
    public static ProxyProtocol required() {
        return optional().with(values -> values.isRequired = true);
    }

    /**
     * Returns the rules of a server that has direct clients too: a connection may begin with a header.
     *
     * <p>Without {@link #from}, every client may send one, and so choose its address: the specification forbids that on a port that
     * anyone can reach. The server waits for the first byte of a connection, at most for the {@link #timeout}. If the server speaks
     * first, a direct client waits that long for its first byte.
     */
    public static ProxyProtocol optional() {
        return new ProxyProtocol(new Values());
    }

    /**
     * Sets the addresses that may send a header. By default all may.
     *
     * <pre>{@code
     * ProxyProtocol.required().from("127.0.0.1", "10.0.0.0/24", "2001:db8::/64")
     * }</pre>
     *
     * @param addresses IP addresses, or subnets with the length of their prefix
     * @throws UsageException ERR_INVALID_ADDRESS if one is no IP address; ERR_OUT_OF_RANGE if the length of a prefix is none
     */
    public ProxyProtocol from(String... addresses) {
        List<String> texts = List.of(UsageException.requireArgument(addresses, "addresses"));
        BlockList list = new BlockList();
        texts.forEach(text -> add(text, list));
        return with(values -> {
            values.from = list;
            values.addresses = texts;
        });
    }

    private static void add(String text, BlockList list) {
        int slash = text.indexOf('/');
        if (slash < 0) {
            list.addAddress(text);
        } else {
            list.addSubnet(text.substring(0, slash), prefix(text, text.substring(slash + 1)));
        }
    }

    private static int prefix(String subnet, String digits) {
        if (!digits.matches("[0-9]{1,3}")) {
            throw new UsageException(
                    "ERR_OUT_OF_RANGE", "a subnet such as \"10.0.0.0/24\" is wanted. Received \"" + subnet + "\"");
        }
        return Integer.parseInt(digits);
    }

    /**
     * Sets the addresses that may send a header. By default all may. The list itself is asked at each connection: unlike options, it
     * can be changed at any time.
     */
    public ProxyProtocol from(BlockList addresses) {
        UsageException.requireArgument(addresses, "addresses");
        return with(values -> {
            values.from = addresses;
            values.addresses = null;
        });
    }

    /**
     * Sets the time that a connection has for its whole header, from the accept on. By default 5 s. A lost packet is sent again after
     * up to 3 s.
     *
     * @throws UsageException ERR_OUT_OF_RANGE if {@code timeout} is not positive
     */
    public ProxyProtocol timeout(Duration timeout) {
        if (!UsageException.requireArgument(timeout, "timeout").isPositive()) {
            throw new UsageException(
                    "ERR_OUT_OF_RANGE",
                    "The value of \"timeout\" is out of range. It must be > 0. Received " + timeout);
        }
        return with(values -> values.timeout = timeout);
    }

    /**
     * Sets the maximum length of a header of version 2. By default 4,096 bytes. A balancer that sends certificates needs more.
     *
     * @param bytes 232 to 65,551
     * @throws UsageException ERR_OUT_OF_RANGE
     */
    public ProxyProtocol maxLength(int bytes) {
        return with(values -> values.maxLength = ProxyHeaderParser.requireMaxLength(bytes));
    }

    // ---- for the server

    boolean isRequired() {
        return values.isRequired;
    }

    /** Returns whether {@code connection} may begin with a header. A peer that has gone already has no address, and may not. */
    boolean isTrusted(SocketHandle connection) {
        BlockList from = values.from;
        return from == null
                || switch (connection) {
                    case Tcp tcp -> isListed(from, tcp.peer());
                    case Pipe unix -> true;
                };
    }

    private static boolean isListed(BlockList from, @Nullable SocketAddress peer) {
        return peer != null && from.check(peer);
    }

    long timeoutMicros() {
        boolean isLong = values.timeout.compareTo(Duration.ofNanos(Long.MAX_VALUE)) >= 0;
        return Math.ceilDiv(isLong ? Long.MAX_VALUE : values.timeout.toNanos(), 1000);
    }

    ProxyHeaderParser parser() {
        return new ProxyHeaderParser(values.maxLength);
    }

    private OptionList list() {
        return new OptionList("ProxyProtocol")
                .add("required", values.isRequired, false)
                .add("from", values.addresses != null ? values.addresses : values.from, null)
                .add("timeout", values.timeout, DEFAULT_TIMEOUT)
                .add("maxLength", values.maxLength, ProxyHeaderParser.DEFAULT_MAX_LENGTH);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ProxyProtocol options && list().equals(options.list());
    }

    @Override
    public int hashCode() {
        return list().hashCode();
    }

    /** Returns the rules that differ from those of {@link #optional()}. */
    @Override
    public String toString() {
        return list().toString();
    }
}
