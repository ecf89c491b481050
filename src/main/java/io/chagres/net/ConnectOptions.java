package io.chagres.net;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import com.google.errorprone.annotations.CheckReturnValue;
import io.chagres.UsageException;
import io.chagres.address.Family;
import io.chagres.address.HostLookup;
import io.chagres.address.Ip;
import io.chagres.address.Lookup;
import io.chagres.address.LookupOptions;
import io.chagres.address.SocketAddress;
import io.chagres.proxy.ProxyHeader;
import java.util.Objects;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The options of one connect: where to, from where, and how long it may take. Those of Node's socket.connect. The options that a socket is
 * made with are {@link SocketOptions}. Options are immutable: each method returns a changed copy.
 *
 * <pre>{@code
 * Socket socket = Net.connect(loop, ConnectOptions.to("example.org", 80).connectTimeoutMillis(5_000));
 * }</pre>
 *
 * <p>The options of an address, a local port for example, can't be set for the path of a Unix socket: they are refused with
 * ERR_INCOMPATIBLE_OPTION_PAIR. The options of the lookup have no effect if the host is an IP address.
 *
 * @see <a href="https://nodejs.org/api/net.html#socketconnectoptions-connectlistener">socket.connect(options)</a>
 */
@CheckReturnValue
public final class ConnectOptions {

    /** The hints that select addresses, as Node's dns.lookup has them. */
    private static final Set<LookupOptions.Hint> ADDRESS_HINTS =
            Set.of(LookupOptions.Hint.AI_ADDRCONFIG, LookupOptions.Hint.AI_V4MAPPED, LookupOptions.Hint.AI_ALL);

    private static final String LOCALHOST = "localhost";

    private static final class Values implements Cloneable {
        private @Nullable String host;
        private int port;
        private @Nullable String path;
        private @Nullable String localAddress;
        private int localPort;
        private LookupOptions lookupOptions = LookupOptions.defaults();
        private @Nullable HostLookup lookup;
        private boolean autoSelectFamily = Net.defaultAutoSelectFamily();
        private long attemptTimeoutMillis = Net.defaultAutoSelectFamilyAttemptTimeoutMillis();
        private long connectTimeoutMillis;
        private long timeoutMillis;
        private @Nullable ProxyHeader proxyHeader;

        private Values copy() {
            try {
                return (Values) clone();
            } catch (CloneNotSupportedException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }

    private final Values values;

    private ConnectOptions(Values values) {
        this.values = values;
    }

    private ConnectOptions with(Consumer<Values> change) {
        Values changed = values.copy();
        change.accept(changed);
        return new ConnectOptions(changed);
    }

    /** Like {@link #with}, for an option that has no meaning for a path. */
    private ConnectOptions withAddress(String name, Consumer<Values> change) {
        SocketOptions.requireNone(values.path != null, "path", name);
        return with(change);
    }

    // ---- where to

    /**
     * Returns the options of a connect to {@code port} of this machine, the host "localhost".
     *
     * @param port 0 to 65535
     * @throws UsageException ERR_SOCKET_BAD_PORT
     */
    public static ConnectOptions to(int port) {
        return to(LOCALHOST, port);
    }

    /**
     * Returns the options of a connect to {@code port} of {@code host}.
     *
     * @param host an IP address, or a name to look up
     * @param port 0 to 65535
     * @throws UsageException ERR_INVALID_ARG_TYPE if {@code host} is null or empty; ERR_SOCKET_BAD_PORT
     */
    public static ConnectOptions to(String host, int port) {
        SocketAddress.requirePort(port, "options.port");
        if (host == null || host.isEmpty()) {
            throw new UsageException(
                    "ERR_INVALID_ARG_TYPE",
                    "The \"options.host\" property must be a host name or an IP address. Received " + quoted(host));
        }
        Values values = new Values();
        values.host = host;
        values.port = port;
        return new ConnectOptions(values);
    }

    /**
     * Returns the options of a connect to a Unix socket.
     *
     * @param path the path of its file; or, after a NUL, a name of the abstract namespace
     * @throws UsageException ERR_INVALID_ARG_TYPE if {@code path} is null; ERR_INVALID_ARG_VALUE if it is empty, or has a NUL after its
     *     first character
     */
    public static ConnectOptions toPath(String path) {
        Values values = new Values();
        values.path = requirePath(path);
        return new ConnectOptions(values);
    }

    /** The options of a connect to a port, if {@code portOrPath} is a number, or else to a path. */
    static ConnectOptions toPortOrPath(String portOrPath) {
        int port = PortText.port(portOrPath);
        return port < 0 ? toPath(portOrPath) : to(port);
    }

    /** Throws unless {@code path} can name a Unix socket. Its length is checked when the kernel's address is made. */
    @CanIgnoreReturnValue
    static String requirePath(String path) {
        if (path == null) {
            throw new UsageException(
                    "ERR_INVALID_ARG_TYPE", "The \"options.path\" property must be a path. Received null");
        }
        if (path.isEmpty() || path.charAt(0) != 0 && path.indexOf('\0') > 0) {
            throw new UsageException(
                    "ERR_INVALID_ARG_VALUE",
                    "The property 'options.path' is invalid. Received " + quoted(path.replace('\0', '?')));
        }
        return path;
    }

    /** Throws ERR_MISSING_ARGS, with Node's text, if {@code options} is null. */
    @CanIgnoreReturnValue
    static ConnectOptions require(ConnectOptions options) {
        if (options == null) {
            throw new UsageException(
                    "ERR_MISSING_ARGS", "The \"options\" or \"port\" or \"path\" argument must be specified");
        }
        return options;
    }

    static String quoted(@Nullable String text) {
        return text == null ? "null" : "'" + text + "'";
    }

    // ---- from where

    /**
     * Sets the IP address to connect from. By default the kernel chooses. Only the first address of the host is tried then.
     *
     * @throws UsageException ERR_INVALID_IP_ADDRESS
     */
    public ConnectOptions localAddress(String address) {
        if (address == null || Ip.version(address) == 0) {
            throw new UsageException("ERR_INVALID_IP_ADDRESS", "Invalid IP address: " + address);
        }
        return withAddress("localAddress", values -> values.localAddress = address);
    }

    /**
     * Sets the port to connect from, 0 to 65535. By default 0: the kernel chooses.
     *
     * @throws UsageException ERR_SOCKET_BAD_PORT
     */
    public ConnectOptions localPort(int port) {
        SocketAddress.requirePort(port, "options.localPort");
        return withAddress("localPort", values -> values.localPort = port);
    }

    // ---- the lookup of the host

    /** Sets the only family that the host is looked up in. By default both. Only the first address of the host is tried then. */
    public ConnectOptions family(Family family) {
        return withAddress("family", values -> values.lookupOptions = values.lookupOptions.family(family));
    }

    /**
     * Sets the hints of the lookup: AI_ADDRCONFIG, AI_V4MAPPED and AI_ALL. By default AI_ADDRCONFIG, or none if a family is set.
     *
     * @throws UsageException ERR_INVALID_ARG_VALUE if there is another hint
     */
    public ConnectOptions hints(LookupOptions.Hint... hints) {
        for (LookupOptions.Hint hint : UsageException.requireArgument(hints, "hints")) {
            if (hint == null || !ADDRESS_HINTS.contains(hint)) {
                throw new UsageException("ERR_INVALID_ARG_VALUE", "The argument 'hints' is invalid. Received " + hint);
            }
        }
        return withAddress("hints", values -> values.lookupOptions = values.lookupOptions.hints(hints));
    }

    /** Sets the function that finds the addresses of the host. By default {@link Lookup#address}, getaddrinfo(3). */
    public ConnectOptions lookup(HostLookup lookup) {
        UsageException.requireArgument(lookup, "lookup");
        return withAddress("lookup", values -> values.lookup = lookup);
    }

    /**
     * Sets whether all addresses of the host are tried, one after the other, until one is connected; if not, only the first is. The
     * families take turns, beginning with the family of the first address. By default {@link Net#defaultAutoSelectFamily()}. If a family
     * or a local address is set, only the first address is tried.
     *
     * <p>At most 100 addresses of one lookup are tried. An answer of the name server may hold thousands, and each one that does
     * not reply takes its {@link #autoSelectFamilyAttemptTimeoutMillis}.
     *
     * @see <a href="https://www.rfc-editor.org/rfc/rfc8305">RFC 8305: Happy Eyeballs</a>
     */
    public ConnectOptions autoSelectFamily(boolean on) {
        return withAddress("autoSelectFamily", values -> values.autoSelectFamily = on);
    }

    /**
     * Sets the time that one of several addresses has before the next is tried: Node's autoSelectFamilyAttemptTimeout. The last address
     * has as long as the kernel gives it. By default {@link Net#defaultAutoSelectFamilyAttemptTimeoutMillis()}.
     *
     * @param millis 1 or more; less than 10 become 10
     * @throws UsageException ERR_OUT_OF_RANGE
     */
    public ConnectOptions autoSelectFamilyAttemptTimeoutMillis(long millis) {
        long timeout = Net.requireAttemptTimeout(millis, "options.autoSelectFamilyAttemptTimeoutMillis");
        return withAddress("autoSelectFamilyAttemptTimeoutMillis", values -> values.attemptTimeoutMillis = timeout);
    }

    // ---- the time that it may take

    /**
     * Sets the time that the whole connect may take: the lookup and all attempts together. By default 0: only the kernel limits it, to
     * about two minutes an address. If the socket is not connected by then, it is destroyed with the error
     * ERR_SOCKET_CONNECTION_TIMEOUT, which has the errors of failed attempts as suppressed ones. The time counts from the call of
     * connect and has no effect on a connection that is established; see {@link #timeoutMillis} for idleness. It does not keep
     * the loop alive.
     *
     * @throws UsageException ERR_OUT_OF_RANGE if {@code millis} is negative
     */
    public ConnectOptions connectTimeoutMillis(long millis) {
        IdleTimeout.requireMillis(millis, "options.connectTimeoutMillis");
        return with(values -> values.connectTimeoutMillis = millis);
    }

    /**
     * Sets the idle timeout of the connection, see {@link Socket#setTimeout(long)}. It counts from the call of connect. By default 0: the
     * timeout of the socket, if one was set, stays.
     *
     * @throws UsageException ERR_OUT_OF_RANGE if {@code millis} is negative
     */
    public ConnectOptions timeoutMillis(long millis) {
        IdleTimeout.requireMillis(millis, "options.timeoutMillis");
        return with(values -> values.timeoutMillis = millis);
    }

    // ---- what is sent first

    /**
     * Sets a header of the PROXY protocol, which is sent before all other bytes, for a server behind this proxy. By default none is
     * sent. Its bytes do not count as {@link Socket#bytesWritten()}.
     *
     * <p>Bytes that were written before the connection is established leave with the header, in one packet if they fit. For a TLS stream
     * over the socket the header comes first, not encrypted.
     *
     * <pre>{@code
     * ProxyHeader header = ProxyHeader.of(client.remoteAddress(), client.localAddress());
     * Socket target = Net.connect(loop, ConnectOptions.to("10.0.0.9", 80).proxyHeader(header));
     * }</pre>
     */
    public ConnectOptions proxyHeader(ProxyHeader header) {
        UsageException.requireArgument(header, "header");
        return with(values -> values.proxyHeader = header);
    }

    /** Returns the host to connect to; null if this is a connect to a Unix socket. */
    public @Nullable String host() {
        return values.host;
    }

    // ---- for the connect

    String requireHost() {
        return Objects.requireNonNull(values.host);
    }

    int port() {
        return values.port;
    }

    /** The path of a Unix socket; null if this is a connect to a host. */
    @Nullable
    String path() {
        return values.path;
    }

    @Nullable
    String localAddress() {
        return values.localAddress;
    }

    int localPort() {
        return values.localPort;
    }

    LookupOptions lookupOptions() {
        LookupOptions options = values.lookupOptions;
        return options.family() == null && options.hints().isEmpty()
                ? options.hints(LookupOptions.Hint.AI_ADDRCONFIG)
                : options;
    }

    /** The lookup of the user; null for getaddrinfo(3). */
    @Nullable
    HostLookup lookup() {
        return values.lookup;
    }

    /** Returns whether all addresses of the host are tried. */
    boolean triesAll() {
        return values.autoSelectFamily && values.lookupOptions.family() == null && values.localAddress == null;
    }

    long attemptTimeoutMillis() {
        return values.attemptTimeoutMillis;
    }

    long connectTimeoutMillis() {
        return values.connectTimeoutMillis;
    }

    long timeoutMillis() {
        return values.timeoutMillis;
    }

    @Nullable
    ProxyHeader proxyHeader() {
        return values.proxyHeader;
    }

    /** Returns "localhost:80", or a path; any thread. */
    String destination() {
        if (values.path != null) {
            return values.path.replace('\0', '@');
        }
        String host = String.valueOf(host());
        return (host.indexOf(':') >= 0 ? "[" + host + "]:" : host + ":") + values.port;
    }

    private OptionList list() {
        return new OptionList("ConnectOptions")
                .add("to", destination(), null)
                .add("localAddress", values.localAddress, null)
                .add("localPort", values.localPort, 0)
                .add("family", values.lookupOptions.family(), null)
                .add("hints", values.lookupOptions.hints(), Set.of())
                .addPresence("lookup", values.lookup)
                .add("autoSelectFamily", values.autoSelectFamily, Net.defaultAutoSelectFamily())
                .add(
                        "autoSelectFamilyAttemptTimeoutMillis",
                        values.attemptTimeoutMillis,
                        Net.defaultAutoSelectFamilyAttemptTimeoutMillis())
                .add("connectTimeoutMillis", values.connectTimeoutMillis, 0L)
                .add("timeoutMillis", values.timeoutMillis, 0L)
                .add("proxyHeader", values.proxyHeader, null);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof ConnectOptions options && list().equals(options.list());
    }

    @Override
    public int hashCode() {
        return list().hashCode();
    }

    /** Returns the place, and the options that differ from their defaults. */
    @Override
    public String toString() {
        return list().toString();
    }
}
