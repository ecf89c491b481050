package io.chagres.net;

import io.chagres.loop.UsageException;
import io.chagres.sys.NetDb;
import java.util.List;
import java.util.Set;

/**
 * What a lookup of addresses is to find: the hints of getaddrinfo(3). A lookup goes by what they are when it is called.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/getaddrinfo.3.html">getaddrinfo(3)</a>
 */
public final class LookupOptions {

    /** The flags of getaddrinfo(3), under the kernel's names. */
    public enum Hint {
        /** Without a name: the addresses to bind to, instead of those of the loopback interface. */
        AI_PASSIVE(NetDb.AI_PASSIVE),
        /** Asks for the canonical name too. */
        AI_CANONNAME(NetDb.AI_CANONNAME),
        /** The name is an address: nobody is asked. */
        AI_NUMERICHOST(NetDb.AI_NUMERICHOST),
        /** Where IPv6 is wanted and there is none: IPv4 addresses as IPv6 ones, ::ffff:192.0.2.1. */
        AI_V4MAPPED(NetDb.AI_V4MAPPED),
        /** With AI_V4MAPPED: those besides the IPv6 ones. */
        AI_ALL(NetDb.AI_ALL),
        /** Only families that this machine has an address of, other than loopback. */
        AI_ADDRCONFIG(NetDb.AI_ADDRCONFIG),
        /** The service is a port: nobody is asked. */
        AI_NUMERICSERV(NetDb.AI_NUMERICSERV);

        private final int bit;

        Hint(int bit) {
            this.bit = bit;
        }

        /** Whether it says which addresses are wanted, as dns.lookup of Node takes them. */
        boolean isOfAddresses() {
            return this == AI_ADDRCONFIG || this == AI_V4MAPPED || this == AI_ALL;
        }
    }

    private Family family;
    private String service;
    private Set<Hint> hints = Set.of();

    /** Addresses of both families, without a port. */
    public LookupOptions() {
    }

    /** Only addresses of this family; by default both. */
    public LookupOptions family(Family family) {
        this.family = UsageException.requireArgument(family, "family");
        return this;
    }

    /** The name or number of a service, whose port the addresses shall have; by default 0. */
    public LookupOptions service(String service) {
        this.service = UsageException.requireArgument(service, "service");
        return this;
    }

    /** How to look; by default none of them. */
    public LookupOptions hints(Hint... hints) {
        this.hints = Set.copyOf(List.of(hints));
        return this;
    }

    /** The only family that is wanted; null where both are. */
    public Family family() {
        return family;
    }

    /** How to look. */
    public Set<Hint> hints() {
        return hints;
    }

    /** As these are now. */
    LookupOptions copy() {
        LookupOptions copy = new LookupOptions();
        copy.family = family;
        copy.service = service;
        copy.hints = hints;
        return copy;
    }

    /** As these are now; without a family and hints, those that Node looks up with. */
    LookupOptions forConnect() {
        LookupOptions copy = new LookupOptions();
        copy.family = family;
        copy.hints = family == null && hints.isEmpty() ? Set.of(Hint.AI_ADDRCONFIG) : hints;
        return copy;
    }

    int kernelFamily() {
        return family == null ? 0 : family.kernel;
    }

    String service() {
        return service;
    }

    int flags() {
        return hints.stream().mapToInt(hint -> hint.bit).reduce(0, (one, other) -> one | other);
    }

    /** Returns the options that differ from their defaults. */
    @Override
    public String toString() {
        return new OptionText("LookupOptions").add("family", family, null).add("service", service, null)
            .add("hints", hints, Set.of()).toString();
    }
}
