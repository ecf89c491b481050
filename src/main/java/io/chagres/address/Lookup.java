package io.chagres.address;

import io.chagres.ChagresException;
import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.handle.Work;
import io.chagres.loop.Loop;
import io.chagres.sys.AddrInfo;
import io.chagres.sys.NetDb;
import io.chagres.sys.Region;
import io.chagres.sys.SockAddr;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.net.IDN;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.function.BiConsumer;

/**
 * A lookup under way: names to addresses, uv_getaddrinfo, or addresses to names, uv_getnameinfo. It is done on a worker thread,
 * since it may wait for a name server; the loop runs until its callback has come, from the poll phase.
 *
 * <p>The error is always a {@link ChagresException}. A failed lookup has Node's code: ENOTFOUND where there is no such name, or no address to it; else that of getaddrinfo(3), as
 * EAI_AGAIN where the name server does not answer. Its errno is then negative: the number of getaddrinfo(3).
 * An Error on the worker (no memory) is the cause of an EAI_MEMORY or EAI_FAIL.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/dns.html">DNS utility functions</a>
 * @see <a href="https://nodejs.org/api/dns.html#dnslookuphostname-options-callback">dns.lookup, dns.lookupService</a>
 */
public final class Lookup {

    private static final long POINTER_BYTES = 8;

    /** The flags of getnameinfo(3), under the kernel's names. */
    public enum NameFlag {
        /** The address itself instead of its name: nobody is asked. */
        NI_NUMERICHOST(NetDb.NI_NUMERICHOST),
        /** The port itself instead of the service's name. */
        NI_NUMERICSERV(NetDb.NI_NUMERICSERV),
        /** Only the first part of names of the own domain. */
        NI_NOFQDN(NetDb.NI_NOFQDN),
        /** An address without a name is an error; otherwise it stands for itself. */
        NI_NAMEREQD(NetDb.NI_NAMEREQD),
        /** The service is one of UDP. */
        NI_DGRAM(NetDb.NI_DGRAM);

        private final int bit;

        NameFlag(int bit) {
            this.bit = bit;
        }
    }

    /**
     * What a name stands for.
     *
     * @param addresses in the order of the system's preference, each once; at least one
     * @param canonicalName null unless AI_CANONNAME asked for it
     */
    public record Addresses(List<SocketAddress> addresses, String canonicalName) {}

    /** What an address and a port are called, "localhost" and "http". */
    public record Name(String host, String service) {}

    private final String subject;
    private Work<?> work;

    private Lookup(String subject) {
        this.subject = subject;
    }

    /** Returns what is looked up, as in "Lookup of example.org (running)"; any thread. */
    @Override
    public String toString() {
        Work<?> current = work;
        return "Lookup of " + subject
                + (current == null ? "" : current.toString().replace("Work", ""));
    }

    // ---- names to addresses

    /**
     * Looks {@code host} up.
     *
     * @param host a name, in which letters beyond ASCII are encoded as IDNA has it, or an address; null for this machine
     * @param callback gets the addresses and null, or null and the error
     * @throws UsageException EINVAL where there is neither a host nor a service
     */
    public static Lookup address(
            Loop loop, String host, LookupOptions options, BiConsumer<? super Addresses, ? super Throwable> callback) {
        requireSomething(host, options);
        return new Lookup(String.valueOf(host)).start(loop, () -> resolve(host, options), "getaddrinfo", callback);
    }

    /**
     * As {@link #address(Loop, String, LookupOptions, BiConsumer)}, but waits for the answer: not for the thread of a loop that
     * has other things to do.
     *
     * @throws SystemException where the lookup has failed
     */
    public static Addresses addressNow(String host, LookupOptions options) {
        requireSomething(host, options);
        return resolve(host, options);
    }

    private static void requireSomething(String host, LookupOptions options) {
        UsageException.requireArgument(options, "options");
        if (host == null && options.service() == null) {
            throw new UsageException("EINVAL", "neither a host nor a service to look up");
        }
    }

    private static Addresses resolve(String host, LookupOptions options) {
        try (Region memory = Region.ofCall()) {
            return resolve(host, options, memory);
        }
    }

    private static Addresses resolve(String host, LookupOptions options, Region memory) {
        MemorySegment hints = memory.allocate(AddrInfo.BYTES);
        AddrInfo.hints(hints, options.flags(), options.kernelFamily(), Sockets.SOCK_STREAM, 0);
        MemorySegment answer = memory.allocate(POINTER_BYTES);
        int result =
                NetDb.getaddrinfo(string(host, host, memory), string(options.service(), host, memory), hints, answer);
        check(result, "getaddrinfo", host == null ? options.service() : host);
        MemorySegment first = AddrInfo.first(answer);
        try {
            return new Addresses(addresses(first), AddrInfo.canonname(first));
        } finally {
            NetDb.freeaddrinfo(first);
        }
    }

    private static MemorySegment string(String text, String host, Region memory) {
        if (text == null) {
            return MemorySegment.NULL;
        }
        if (text.indexOf('\0') >= 0) { // where C would cut it, and look up another name
            throw failure(NetDb.EAI_NONAME, "getaddrinfo", host);
        }
        return memory.string(text.chars().allMatch(c -> c < 128) ? text : toAscii(text));
    }

    private static String toAscii(String name) {
        try {
            return IDN.toASCII(name, IDN.ALLOW_UNASSIGNED);
        } catch (IllegalArgumentException notAName) {
            throw failure(NetDb.EAI_NONAME, "getaddrinfo", name);
        }
    }

    private static List<SocketAddress> addresses(MemorySegment first) {
        Set<SocketAddress> addresses = new LinkedHashSet<>();
        for (MemorySegment info = first; info.address() != 0; info = AddrInfo.next(info)) {
            addresses.add(read(AddrInfo.addr(info)));
        }
        return List.copyOf(addresses);
    }

    // ---- addresses to names

    /**
     * Looks up what {@code address} and its port are called.
     *
     * @param callback gets the names and null, or null and the error
     * @throws UsageException EINVAL where an argument is null
     * @see <a href="https://man7.org/linux/man-pages/man3/getnameinfo.3.html">getnameinfo(3)</a>
     */
    public static Lookup name(
            Loop loop, SocketAddress address, BiConsumer<? super Name, ? super Throwable> callback, NameFlag... flags) {
        UsageException.requireArgument(address, "address");
        int bits = bits(flags);
        return new Lookup(address.address()).start(loop, () -> nameOf(address, bits), "getnameinfo", callback);
    }

    /** As {@link #name}, but waits for the answer, as {@link #addressNow}. */
    public static Name nameNow(SocketAddress address, NameFlag... flags) {
        return nameOf(UsageException.requireArgument(address, "address"), bits(flags));
    }

    private static SocketAddress read(MemorySegment sockaddr) {
        return SocketAddress.of(SockAddr.ip(sockaddr), SockAddr.scopeId(sockaddr), SockAddr.port(sockaddr));
    }

    private static int bits(NameFlag[] flags) {
        int bits = 0;
        for (NameFlag flag : flags) {
            bits |= flag.bit;
        }
        return bits;
    }

    private static Name nameOf(SocketAddress address, int flags) {
        try (Region region = Region.ofCall()) {
            MemorySegment memory = region.allocate(SockAddr.SIZE);
            MemorySegment host = region.allocate(NetDb.NI_MAXHOST);
            MemorySegment service = region.allocate(NetDb.NI_MAXSERV);
            int length = SockAddr.putIp(memory, address.ip(), address.port(), address.scopeId());
            int result = NetDb.getnameinfo(memory, length, host, NetDb.NI_MAXHOST, service, NetDb.NI_MAXSERV, flags);
            check(result, "getnameinfo", address.address());
            return new Name(host.getString(0), service.getString(0));
        }
    }

    // ---- both

    private <T> Lookup start(
            Loop loop, Callable<T> job, String syscall, BiConsumer<? super T, ? super Throwable> callback) {
        UsageException.requireArgument(callback, "callback");
        work = Work.submitSlow(
                loop,
                job,
                (found, failure) ->
                        callback.accept(found, failure == null ? null : asError(failure, syscall, subject)));
        return this;
    }

    /** Work knows of system calls only; an Error becomes the cause of what getaddrinfo(3) would say. */
    private static ChagresException asError(Throwable failure, String syscall, String subject) {
        if (failure instanceof SystemException error && error.code().equals("ECANCELED")) {
            return failure(NetDb.EAI_CANCELED, syscall, subject);
        }
        if (failure instanceof ChagresException error) {
            return error;
        }
        int result = failure instanceof OutOfMemoryError ? NetDb.EAI_MEMORY : NetDb.EAI_FAIL;
        return SystemException.ofLookup(NetDb.eaiName(result), result, syscall, subject, failure);
    }

    /**
     * Looks {@code host} up as {@link #address} does. A lookup that can't begin, since no thread can be made, fails as one that has
     * begun: {@code callback} is called with the error, on a tick.
     *
     * @return the lookup, or null if it has not begun
     */
    public static Lookup begin(
            Loop loop,
            String host,
            LookupOptions options,
            BiConsumer<? super Addresses, ? super ChagresException> callback) {
        try {
            return address(loop, host, options, (found, error) -> callback.accept(found, (ChagresException) error));
        } catch (Error noThread) {
            loop.nextTick(() -> callback.accept(null, asError(noThread, "getaddrinfo", host)));
            return null;
        }
    }

    /**
     * Takes it back if no worker has begun it. Its callback comes all the same, later, with EAI_CANCELED.
     *
     * @return false where it is too late
     */
    public boolean cancel() {
        return work.cancel();
    }

    private static void check(int result, String syscall, String subject) {
        if (result != 0) {
            throw failure(result, syscall, subject);
        }
    }

    private static SystemException failure(int result, String syscall, String subject) {
        int errno = NetDb.eaiErrno(result);
        return SystemException.ofLookup(codeOf(result), errno > 0 ? errno : result, syscall, subject);
    }

    /** Node's ENOTFOUND stands for "there is no such name" and "it has no address". */
    private static String codeOf(int result) {
        return result == NetDb.EAI_NONAME || result == NetDb.EAI_NODATA ? "ENOTFOUND" : NetDb.eaiName(result);
    }
}
