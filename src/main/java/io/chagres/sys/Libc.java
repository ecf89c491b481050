package io.chagres.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.util.function.BiFunction;

/**
 * The door: the only class that links C functions, and the only one that calls them.
 *
 * <p><b>A call is machine words.</b> The first handle of a JVM costs some 60 ms, each further <i>shape</i> (argument
 * types and linker options) 5 to 10, one more function of a known shape 0.2. So there are five shapes, of which a
 * server needs the first two, and not the twenty of exact C types (measured up to a listening socket: eleven exact
 * shapes took 46 ms longer than two):
 *
 * <pre>{@code
 *   long f(long, long, long, long, long)     whatever has at most five parameters
 *   long f(long, void *, long, long)         recv, send: critical, so that the pointer may be into a byte[]
 *   long f(long, void *, long, long)         the same two, not critical, for memory that an arena may free: see Buffers
 *   long f(long, long, ...)                  fcntl, open: linked as variadic
 *   long f(long x 7)                         getnameinfo
 * }</pre>
 *
 * This is sound on the two architectures that {@link SelfCheck} lets in. The System V and the AArch64 conventions give
 * each of the first six integer or pointer arguments a 64-bit register of its own (the seventh still a 64-bit slot),
 * whose upper half is undefined for a 32-bit parameter: a callee reads what its prototype says and nothing that it has
 * no parameter for. The upper half of an {@code int} result is undefined as well, so {@link #call} narrows before it
 * looks at the sign. What the C types are is said by the signatures of the public methods: {@code size_t} is a long
 * there, {@code socklen_t} an int.
 *
 * <p><b>One body for all.</b> The functions are {@code static final} in the class of their man page, and go through the few
 * short methods below; why their handles are no constants there, {@link CFunction} tells.
 *
 * <p><b>Critical or not.</b> A critical call leaves out the thread's change of state, so a garbage collection waits
 * until it returns: for what cannot block only. On epoll_ctl and the write to an eventfd that gained nothing measurable
 * (400 ns either way), hence recv and send alone, which it lets work on a {@code byte[]} without a copy.
 */
@SuppressWarnings("restricted") // native access is asked for and explained in SelfCheck
final class Libc {

    /** Whether a critical call can capture errno: since JDK 24 (JDK-8336768). */
    static final boolean CRITICAL = Runtime.version().feature() >= 24;

    private static final FunctionDescriptor FIVE_WORDS =
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor SEVEN_WORDS = FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor BUFFER =
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup SYMBOLS = LINKER.defaultLookup();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");

    /**
     * For tests that make calls fail: what goes around each function, by its name, as it is linked. It is null in any
     * other JVM, which so has the linker's own handles, and at a call there is no trace of this.
     */
    static BiFunction<String, MethodHandle, MethodHandle> seam;

    private Libc() {}

    // ---- linking

    /** A function of at most five words. */
    static CFunction plain(String name) {
        return new CFunction(link(name, FIVE_WORDS, ERRNO));
    }

    /** A function of at most seven words. */
    static CFunction plain7(String name) {
        return new CFunction(link(name, SEVEN_WORDS, ERRNO));
    }

    /** A function whose prototype ends in {@code ...} after {@code fixed} parameters. */
    static CFunction variadic(String name, int fixed) {
        return new CFunction(link(name, FIVE_WORDS, ERRNO, Linker.Option.firstVariadicArg(fixed)));
    }

    /** A function {@code (fd, buffer, length, flags)} that never blocks: it may be given heap segments. */
    static MethodHandle critical(String name) {
        return link(name, BUFFER, ERRNO, Linker.Option.critical(true));
    }

    /** The same function for native segments, each of which is held during the call. */
    static MethodHandle held(String name) {
        return link(name, BUFFER, ERRNO);
    }

    private static MethodHandle link(String name, FunctionDescriptor shape, Linker.Option... options) {
        MethodHandle function = LINKER.downcallHandle(address(name), shape, options);
        return seam == null ? function : seam.apply(name, function);
    }

    /** Whether this C library has the function: {@code epoll_pwait2} came with glibc 2.35. */
    static boolean has(String name) {
        return SYMBOLS.find(name).isPresent();
    }

    private static MemorySegment address(String name) {
        MemorySegment address = SYMBOLS.find(name).orElse(null);
        if (address == null) {
            throw new UnsatisfiedLinkError("the C library has no function ".concat(name));
        }
        return address;
    }

    // ---- calling: the result if it is >= 0, else -errno

    static int call(CFunction function, long a, long b, long c, long d, long e) {
        MemorySegment slab = Scratch.slab();
        try {
            int result = (int) (long) function.handle.invokeExact(slab, a, b, c, d, e);
            return result >= 0 ? result : -Scratch.errno(slab);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static int call(CFunction function, long a, long b, long c) {
        return call(function, a, b, c, 0, 0);
    }

    static int call(CFunction function, long a, MemorySegment p, long c, long d) {
        int result = call(function, a, pointer(p), c, d, 0);
        Reference.reachabilityFence(p);
        return result;
    }

    static int call(CFunction function, long a, MemorySegment p, MemorySegment q, long d) {
        int result = call(function, a, pointer(p), pointer(q), d, 0);
        Reference.reachabilityFence(p);
        Reference.reachabilityFence(q);
        return result;
    }

    static int call(CFunction function, long a, long b, long c, MemorySegment p, long e) {
        int result = call(function, a, b, c, pointer(p), e);
        Reference.reachabilityFence(p);
        return result;
    }

    static int call(CFunction function, long a, MemorySegment p, long c, long d, MemorySegment q) {
        int result = call(function, a, pointer(p), c, d, pointer(q));
        Reference.reachabilityFence(p);
        Reference.reachabilityFence(q);
        return result;
    }

    static int call(CFunction function, long a, long b, long c, MemorySegment p, MemorySegment q) {
        int result = call(function, a, b, c, pointer(p), pointer(q));
        Reference.reachabilityFence(p);
        Reference.reachabilityFence(q);
        return result;
    }

    static int call(CFunction function, long a, MemorySegment p, long c, MemorySegment q, MemorySegment r) {
        int result = call(function, a, pointer(p), c, pointer(q), pointer(r));
        Reference.reachabilityFence(p);
        Reference.reachabilityFence(q);
        Reference.reachabilityFence(r);
        return result;
    }

    static int call(CFunction function, MemorySegment p, long b, long c) {
        int result = call(function, pointer(p), b, c, 0, 0);
        Reference.reachabilityFence(p);
        return result;
    }

    /** A function whose result is a {@code ssize_t}: the whole word counts. */
    static long size(CFunction function, long a, MemorySegment p, long c) {
        return size(function, a, p, 0, c, 0);
    }

    /** As {@link #size(CFunction, long, MemorySegment, long)}, of memory that begins at {@code offset} of {@code p}. */
    static long size(CFunction function, long a, MemorySegment p, long offset, long c, long d) {
        MemorySegment slab = Scratch.slab();
        long result = invoke(function, slab, a, pointer(p) + offset, c, d, 0);
        Reference.reachabilityFence(p);
        return result >= 0 ? result : -Scratch.errno(slab);
    }

    /** As {@link #size}, for those of {@link HeapCalls} and {@link ArenaCalls}, which get the segment instead of its address. */
    static long holding(CFunction function, long fd, MemorySegment buf, long offset, long len, long flags) {
        MemorySegment slab = Scratch.slab();
        try {
            long result = (long) function.handle.invokeExact(slab, fd, buf, offset, len, flags);
            return result >= 0 ? result : -Scratch.errno(slab);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** The bare call: the word that came back, and in {@code slab} what the C library left in errno. */
    static long invoke(CFunction function, MemorySegment slab, long a, long b, long c, long d, long e) {
        try {
            return (long) function.handle.invokeExact(slab, a, b, c, d, e);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static long pointer(MemorySegment segment) {
        assert segment.isNative() : "only recv and send take heap segments";
        return segment.address();
    }

    /**
     * For what {@code invokeExact} declares and a downcall never throws; a mistake in the arguments passes as it is.
     */
    static AssertionError unexpected(Throwable t) {
        if (t instanceof RuntimeException mistake) {
            throw mistake;
        }
        if (t instanceof Error error) {
            throw error;
        }
        return new AssertionError(t);
    }
}
