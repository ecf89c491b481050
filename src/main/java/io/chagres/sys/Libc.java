package io.chagres.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;

/**
 * The only class that links C functions, and the only one that calls them.
 *
 * <h2>A call is machine words</h2>
 *
 * <p>The first handle of a JVM costs some 60 ms. Each further <i>shape</i> (argument types and linker options) costs
 * 5 to 10 ms, one more function of a known shape 0.2 ms. So there are five shapes instead of the twenty of exact C
 * types, and a server needs the first two (measured up to a listening socket: eleven exact shapes took 46 ms longer
 * than two):
 *
 * <pre>{@code
 *   long f(long, long, long, long, long)     every function of at most five parameters
 *   long f(long, void *, long, long)         recv, send: critical, so that the pointer may be into a byte[]
 *   long f(long, void *, long, long)         recv, send: not critical, for memory that an arena may free, see Buffers
 *   long f(long, long, ...)                  fcntl, open: linked as variadic
 *   long f(long x 7)                         getnameinfo
 * }</pre>
 *
 * <p>This is correct on the three architectures that {@link SelfCheck} accepts. The conventions of System V, AArch64 and
 * RISC-V pass each of the first six integer or pointer arguments in a 64-bit register (the seventh in a 64-bit slot on
 * the stack or a register). If the parameter has 32 bits, the upper half is undefined on the first two. On RISC-V it
 * must be a copy of bit 31, even for an unsigned parameter, which is what Java does when an int becomes a long. A
 * callee reads the parameters of its prototype and ignores all other registers. The upper half of an {@code int}
 * result is undefined as well, so {@link #call} narrows the result before it tests the sign. The signatures of the
 * public methods tell the C types: {@code size_t} is a long there, {@code socklen_t} an int.
 *
 * <h2>One body for all</h2>
 *
 * <p>The functions are {@code static final} in the class of their man page. All calls go through the few short
 * methods below. {@link CFunction} explains why the method handles are not constants there.
 *
 * <h2>Critical or not</h2>
 *
 * <p>A critical call leaves out the change of the thread's state, so a garbage collection waits until the call
 * returns. It is only for calls that cannot block. Critical epoll_ctl and critical writes to an eventfd gained
 * nothing measurable (400 ns either way). So only recv and send are critical, which lets them work on a {@code
 * byte[]} without a copy.
 */
@SuppressWarnings("restricted") // SelfCheck tests native access and explains its lack
final class Libc {

    /** Tells whether a critical call can capture errno: since JDK 24 (JDK-8336768). */
    static final boolean CRITICAL = Runtime.version().feature() >= 24 && !TakenAway.has(TakenAway.CRITICAL);

    private static final FunctionDescriptor FIVE_WORDS =
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor SEVEN_WORDS = FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor BUFFER =
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup SYMBOLS = LINKER.defaultLookup();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");

    private Libc() {}

    /** Links a function of at most five words. */
    static CFunction plain(String name) {
        return new CFunction(name, link(name, FIVE_WORDS, ERRNO));
    }

    /** Links a function of at most seven words. */
    static CFunction plain7(String name) {
        return new CFunction(name, link(name, SEVEN_WORDS, ERRNO));
    }

    /** Links a function whose prototype ends in {@code ...} after {@code fixed} parameters. */
    static CFunction variadic(String name, int fixed) {
        return new CFunction(name, link(name, FIVE_WORDS, ERRNO, Linker.Option.firstVariadicArg(fixed)));
    }

    /** Links a function {@code (fd, buffer, length, flags)} that never blocks. It accepts heap segments. */
    static MethodHandle critical(String name) {
        assert CRITICAL : "a linker before JDK 24 refuses this";
        return link(name, BUFFER, ERRNO, Linker.Option.critical(true));
    }

    /** Links the same function for native segments. The linker keeps each of them alive during the call. */
    static MethodHandle held(String name) {
        return link(name, BUFFER, ERRNO);
    }

    private static MethodHandle link(String name, FunctionDescriptor shape, Linker.Option... options) {
        return LINKER.downcallHandle(address(name), shape, options);
    }

    /** Returns whether this C library has the function. For instance, {@code epoll_pwait2} exists since glibc 2.35. */
    static boolean has(String name) {
        return !TakenAway.has(name) && SYMBOLS.find(name).isPresent();
    }

    private static MemorySegment address(String name) {
        MemorySegment address = SYMBOLS.find(name).orElse(null);
        if (address == null) {
            throw new UnsatisfiedLinkError("the C library has no function ".concat(name));
        }
        return address;
    }

    /** Calls a function whose result is an int. Returns the result if it is not negative, otherwise -errno. */
    static int call(CFunction function, long a, long b, long c, long d, long e) {
        MemorySegment slab = Scratch.slab();
        try {
            int result = (int) (long) function.handle.invokeExact(slab, a, b, c, d, e);
            return (int) Scratch.resultOrErrno(result, slab);
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

    static int call(CFunction function, long a, long b, MemorySegment p, long d) {
        int result = call(function, a, b, pointer(p), d, 0);
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

    /** Calls a function whose result is a {@code ssize_t}: all 64 bits of it count. */
    static long size(CFunction function, long a, MemorySegment p, long c) {
        return size(function, a, p, 0, c, 0);
    }

    /**
     * Calls a function like {@link #size(CFunction, long, MemorySegment, long)}, with memory that begins at {@code
     * offset} of {@code p}.
     */
    static long size(CFunction function, long a, MemorySegment p, long offset, long c, long d) {
        MemorySegment slab = Scratch.slab();
        long result = invoke(function, slab, a, pointer(p) + offset, c, d, 0);
        Reference.reachabilityFence(p);
        return Scratch.resultOrErrno(result, slab);
    }

    /**
     * Calls a function of {@link HeapCalls} or {@link ArenaCalls}, which receives the segment instead of its address.
     */
    static long holding(CFunction function, long fd, MemorySegment buf, long offset, long len, long flags) {
        MemorySegment slab = Scratch.slab();
        try {
            long result = (long) function.handle.invokeExact(slab, fd, buf, offset, len, flags);
            return Scratch.resultOrErrno(result, slab);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /**
     * Makes the bare call. Returns the word that the function returned; {@code slab} then holds the errno of the C
     * library.
     */
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
     * Handles the Throwable that {@code invokeExact} declares and a call of C never throws. A mistake in the
     * arguments is thrown unchanged.
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
