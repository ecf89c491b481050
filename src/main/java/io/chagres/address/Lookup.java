package io.chagres.address;

import io.chagres.ChagresException;
import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.handle.Work;
import io.chagres.handle.WorkerMetrics;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.WorkerPool;
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
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A lookup on a thread for lookups: of the addresses of a name, uv_getaddrinfo, or of the name of an address,
 * uv_getnameinfo.
 *
 * <p>The thread may wait for a name server: with the defaults of resolv.conf(5), 10 seconds for each name server that does
 * not answer. The loop stays alive until the callback has been called, in the poll phase.
 *
 * <p>All loops of the process share the threads, 4 by default. They run lookups only, so that {@link Work} does not delay a
 * lookup, nor a lookup Work. libuv has one pool for both, and limits lookups to half of its threads. The threads are
 * daemons: a process can end while a lookup waits. Up to 10,000 lookups wait for a thread. {@link Work#submitLookup} has
 * the properties that change both numbers, and {@link #metrics()} the state.
 *
 * <pre>{@code
 * Lookup.address(loop, "example.org", LookupOptions.defaults(), (found, error) -> {
 *     if (error != null) {
 *         System.err.println(error.getMessage());   // getaddrinfo ENOTFOUND example.org
 *     } else {
 *         System.out.println(found.addresses());
 *     }
 * });
 * }</pre>
 *
 * <p>The error is always a {@link ChagresException} with Node's code:
 *
 * <ul>
 * <li>ENOTFOUND if there is no such name, or the name has no address.
 * <li>Otherwise the name of getaddrinfo(3), for instance EAI_AGAIN if the name server does not answer. The errno is
 *     then negative: the number of getaddrinfo(3).
 * <li>EAI_AGAIN with a cause if the lookup was refused because too many wait. The cause has the code
 *     ERR_WORK_QUEUE_FULL, and names the limit. A name server that does not answer has the same code and no cause. In
 *     both cases the lookup may be tried again later.
 * <li>EAI_MEMORY or EAI_FAIL if the thread has thrown an Error, for lack of memory for instance. That Error is the
 *     cause.
 * </ul>
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/dns.html">libuv: DNS utility functions</a>
 * @see <a href="https://nodejs.org/api/dns.html#dnslookuphostname-options-callback">Node.js: dns.lookup,
 *     dns.lookupService</a>
 */
public final class Lookup {

    private static final long POINTER_BYTES = 8;

    /**
     * The flags of getnameinfo(3), under the kernel's names.
     *
     * @see <a href="https://man7.org/linux/man-pages/man3/getnameinfo.3.html">getnameinfo(3)</a>
     */
    public enum NameFlag {
        /** The address itself instead of its name. No name server is asked. */
        NI_NUMERICHOST(NetDb.NI_NUMERICHOST),
        /** The port number instead of the name of the service. */
        NI_NUMERICSERV(NetDb.NI_NUMERICSERV),
        /** Only the first part of a name in the local domain. */
        NI_NOFQDN(NetDb.NI_NOFQDN),
        /** An address without a name is an error. Without this flag, such an address is its own name. */
        NI_NAMEREQD(NetDb.NI_NAMEREQD),
        /** The service is a service of UDP. */
        NI_DGRAM(NetDb.NI_DGRAM);

        private final int bit;

        NameFlag(int bit) {
            this.bit = bit;
        }
    }

    /**
     * The answer to the lookup of a name.
     *
     * @param addresses the addresses in the order of the system's preference, without duplicates; at least one
     * @param canonicalName the canonical name; null unless AI_CANONNAME asked for it
     */
    public record Addresses(
            List<SocketAddress> addresses, @Nullable String canonicalName) {}

    /** The answer to the lookup of an address: the names of the host and of the service, "localhost" and "http". */
    public record Name(String host, String service) {}

    private final String subject;
    private @Nullable Work<?> work;

    private Lookup(String subject) {
        this.subject = subject;
    }

    /** Returns the subject and the state, as in "Lookup of example.org (running)". Any thread may call it. */
    @Override
    public String toString() {
        Work<?> current = work;
        return "Lookup of " + subject
                + (current == null ? "" : current.toString().replace("Work", ""));
    }

    /**
     * Looks up the addresses of {@code host}.
     *
     * @param host a name, whose letters beyond ASCII are encoded by IDNA, or an address; null for this machine
     * @param callback is called once, on the thread of the loop: with the addresses and null, or with null and the
     *     error
     * @throws UsageException EINVAL if there is neither a host nor a service
     * @see <a href="https://man7.org/linux/man-pages/man3/getaddrinfo.3.html">getaddrinfo(3)</a>
     */
    public static Lookup address(
            Loop loop,
            @Nullable String host,
            LookupOptions options,
            BiConsumer<? super @Nullable Addresses, ? super @Nullable Throwable> callback) {
        requireSomething(host, options);
        return new Lookup(String.valueOf(host))
                .start(
                        loop,
                        () -> resolve(host, options),
                        "getaddrinfo",
                        found -> found.addresses().size() + " addresses",
                        callback);
    }

    /**
     * Looks up the addresses of {@code host} and waits for the answer. The thread of a loop should not call it,
     * because all handles of the loop wait too.
     *
     * @param host a name or an address, as for {@link #address}; null for this machine
     * @return the addresses, as {@link #address} finds them
     * @throws SystemException if the lookup has failed
     * @throws UsageException EINVAL if there is neither a host nor a service
     */
    public static Addresses addressNow(@Nullable String host, LookupOptions options) {
        requireSomething(host, options);
        return resolve(host, options);
    }

    private static void requireSomething(@Nullable String host, LookupOptions options) {
        UsageException.requireArgument(options, "options");
        if (host == null && options.service() == null) {
            throw new UsageException("EINVAL", "neither a host nor a service to look up");
        }
    }

    private static Addresses resolve(@Nullable String host, LookupOptions options) {
        try (Region memory = Region.ofCall()) {
            return resolve(host, options, memory);
        }
    }

    private static Addresses resolve(@Nullable String host, LookupOptions options, Region memory) {
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

    private static MemorySegment string(@Nullable String text, @Nullable String host, Region memory) {
        if (text == null) {
            return MemorySegment.NULL;
        }
        if (text.indexOf('\0') >= 0) { // C would end the name there, and look up another one
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

    /**
     * Looks up the names of {@code address} and of its port.
     *
     * @param callback is called once, on the thread of the loop: with the names and null, or with null and the error
     * @throws UsageException EINVAL if an argument is null
     * @see <a href="https://man7.org/linux/man-pages/man3/getnameinfo.3.html">getnameinfo(3)</a>
     */
    public static Lookup name(
            Loop loop,
            SocketAddress address,
            BiConsumer<? super @Nullable Name, ? super @Nullable Throwable> callback,
            NameFlag... flags) {
        UsageException.requireArgument(address, "address");
        int bits = bits(flags);
        return new Lookup(address.address())
                .start(loop, () -> nameOf(address, bits), "getnameinfo", Name::host, callback);
    }

    /**
     * Looks up the names of {@code address} and waits for the answer, as {@link #addressNow} does.
     *
     * @throws SystemException if the lookup has failed
     */
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

    private <T> Lookup start(
            Loop loop,
            Callable<T> job,
            String syscall,
            Function<? super T, String> naming,
            BiConsumer<? super @Nullable T, ? super @Nullable Throwable> callback) {
        UsageException.requireArgument(callback, "callback");
        work = Work.submitLookup(
                loop,
                RecordedLookup.of(job, syscall, subject, naming),
                (found, failure) ->
                        callback.accept(found, failure == null ? null : asError(failure, syscall, subject)));
        return this;
    }

    /**
     * Returns the error of a lookup. {@code Work} knows only the errors of system calls; an Error becomes the cause
     * of the answer that getaddrinfo(3) would have given.
     */
    private static ChagresException asError(Throwable failure, String syscall, @Nullable String subject) {
        if (failure instanceof SystemException error && error.code().equals("ECANCELED")) {
            return failure(NetDb.EAI_CANCELED, syscall, subject);
        }
        if (failure instanceof ChagresException error && error.code().equals(WorkerPool.QUEUE_FULL)) {
            return failure(NetDb.EAI_AGAIN, syscall, subject, error);
        }
        if (failure instanceof ChagresException error) {
            return error;
        }
        int result = failure instanceof OutOfMemoryError ? NetDb.EAI_MEMORY : NetDb.EAI_FAIL;
        return failure(result, syscall, subject, failure);
    }

    private static SystemException failure(int result, String syscall, @Nullable String subject, Throwable cause) {
        return SystemException.ofLookup(NetDb.eaiName(result), result, syscall, subject, cause);
    }

    /**
     * Looks {@code host} up like {@link #address}, but never throws an Error. If no thread can be made for the
     * lookup, {@code callback} is called with the error, on a tick.
     *
     * @return the lookup, or null if no thread could be made
     */
    public static @Nullable Lookup begin(
            Loop loop,
            @Nullable String host,
            LookupOptions options,
            BiConsumer<? super @Nullable Addresses, ? super @Nullable ChagresException> callback) {
        try {
            return address(loop, host, options, (found, error) -> callback.accept(found, (ChagresException) error));
        } catch (Error noThread) {
            loop.nextTick(() -> callback.accept(null, asError(noThread, "getaddrinfo", host)));
            return null;
        }
    }

    /**
     * Cancels the lookup if no thread has begun it. The callback is still called, later, with EAI_CANCELED. The lookup
     * leaves the queue at once, so that another one has its place.
     *
     * @return false if a thread has begun the lookup already, or the lookup was refused
     */
    public boolean cancel() {
        Work<?> current = work;
        return current != null && current.cancel();
    }

    /**
     * Returns the state of the threads for lookups, which all loops of the process share; any thread. Lookups that wait
     * while all threads are busy mean that the name server is slow, or that there are too few threads.
     */
    public static WorkerMetrics metrics() {
        return WorkerPool.lookups().read(WorkerMetrics::new);
    }

    private static void check(int result, String syscall, @Nullable String subject) {
        if (result != 0) {
            throw failure(result, syscall, subject);
        }
    }

    private static SystemException failure(int result, String syscall, @Nullable String subject) {
        int errno = NetDb.eaiErrno(result);
        return SystemException.ofLookup(codeOf(result), errno > 0 ? errno : result, syscall, subject);
    }

    /** Returns the code. Node's ENOTFOUND means both "there is no such name" and "the name has no address". */
    private static String codeOf(int result) {
        return result == NetDb.EAI_NONAME || result == NetDb.EAI_NODATA ? "ENOTFOUND" : NetDb.eaiName(result);
    }
}
