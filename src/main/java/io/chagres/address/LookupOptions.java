package io.chagres.address;

import com.google.errorprone.annotations.CheckReturnValue;
import io.chagres.UsageException;
import io.chagres.sys.NetDb;
import io.chagres.sys.Sockets;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The options of a lookup of addresses: the hints of getaddrinfo(3).
 *
 * <p>Options are immutable. Each method returns a changed copy.
 *
 * <pre>{@code
 * Lookup.address(loop, "example.org", LookupOptions.defaults().family(Family.IPV6), (found, error) -> ...);
 * }</pre>
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/getaddrinfo.3.html">getaddrinfo(3)</a>
 */
@CheckReturnValue
public final class LookupOptions {

    /** The flags of getaddrinfo(3), under the kernel's names. */
    public enum Hint {
        /** If there is no name: the addresses to bind to, instead of those of the loopback interface. */
        AI_PASSIVE(NetDb.AI_PASSIVE),
        /** Asks for the canonical name too. */
        AI_CANONNAME(NetDb.AI_CANONNAME),
        /** The name is an address. No name server is asked. */
        AI_NUMERICHOST(NetDb.AI_NUMERICHOST),
        /**
         * If IPv6 is wanted and the name has no IPv6 address: its IPv4 addresses as IPv6 addresses, ::ffff:192.0.2.1.
         */
        AI_V4MAPPED(NetDb.AI_V4MAPPED),
        /** With AI_V4MAPPED: those addresses in addition to the IPv6 addresses. */
        AI_ALL(NetDb.AI_ALL),
        /** Only families of which this machine has an address other than the loopback address. */
        AI_ADDRCONFIG(NetDb.AI_ADDRCONFIG),
        /** The service is a port number. No service is looked up. */
        AI_NUMERICSERV(NetDb.AI_NUMERICSERV);

        private final int bit;

        Hint(int bit) {
            this.bit = bit;
        }
    }

    private static final LookupOptions DEFAULTS = new LookupOptions(null, null, Set.of());

    private final @Nullable Family family;
    private final @Nullable String service;
    private final Set<Hint> hints;

    private LookupOptions(@Nullable Family family, @Nullable String service, Set<Hint> hints) {
        this.family = family;
        this.service = service;
        this.hints = hints;
    }

    /** Returns the default options: addresses of both families, with port 0, and no hints. */
    public static LookupOptions defaults() {
        return DEFAULTS;
    }

    /** Returns these options for addresses of {@code family} only. By default both families are looked up. */
    public LookupOptions family(Family family) {
        return new LookupOptions(UsageException.requireArgument(family, "family"), service, hints);
    }

    /** Returns these options with the name or the number of a service. The addresses get its port, by default 0. */
    public LookupOptions service(String service) {
        return new LookupOptions(family, UsageException.requireArgument(service, "service"), hints);
    }

    /** Returns these options with {@code hints} in place of all earlier hints. By default there are none. */
    public LookupOptions hints(Hint... hints) {
        for (Hint hint : UsageException.requireArgument(hints, "hints")) {
            UsageException.requireArgument(hint, "a hint");
        }
        return new LookupOptions(family, service, Set.copyOf(List.of(hints)));
    }

    /** Returns the only family that is looked up; null for both. */
    public @Nullable Family family() {
        return family;
    }

    /** Returns the flags of the lookup. */
    public Set<Hint> hints() {
        return hints;
    }

    int kernelFamily() {
        return family == null ? 0 : family == Family.IPV6 ? Sockets.AF_INET6 : Sockets.AF_INET;
    }

    @Nullable
    String service() {
        return service;
    }

    int flags() {
        return hints.stream().mapToInt(hint -> hint.bit).reduce(0, (one, other) -> one | other);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof LookupOptions options
                && family == options.family
                && Objects.equals(service, options.service)
                && hints.equals(options.hints);
    }

    @Override
    public int hashCode() {
        return Objects.hash(family, service, hints);
    }

    /** Returns the options that differ from their defaults. */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ", "LookupOptions (", ")").setEmptyValue("LookupOptions (defaults)");
        if (family != null) {
            text.add("family " + family);
        }
        if (service != null) {
            text.add("service " + service);
        }
        if (!hints.isEmpty()) {
            text.add("hints " + hints);
        }
        return text.toString();
    }
}
