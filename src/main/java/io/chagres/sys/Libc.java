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
 * The door: the only class that links C functions, and the only one that calls them.
 *
 * <p><b>A call is machine words.</b> The first handle of a JVM costs 45 to 65 ms, each further <i>shape</i> (argument types and linker
 * options) about 7 ms, one more function of a known shape 0.2 ms. So there are four shapes and not the forty that exact C types would
 * give (measured up to a listening server: 60 ms instead of 120):
 *
 * <pre>{@code
 *   long f(long, long, long, long, long)     plain      whatever may block, sleep or take its time
 *   long f(long, long, long, long, long)     critical   epoll_ctl, write to an eventfd
 *   long f(long, void *, long, long)         critical   recv, send: the pointer may be into a byte[]
 *   long f(long x 7)                         plain      getnameinfo
 * }</pre>
 *
 * and the plain one once more for variadic functions. This is sound on the two architectures that {@link SelfCheck} lets in: the System V
 * and AArch64 conventions give each of the first six integer or pointer arguments a 64-bit register of its own, whose upper half is
 * undefined for a 32-bit parameter, so a callee reads what its prototype says and never looks at a register that it has no parameter for.
 * The upper half of an {@code int} result is undefined as well: {@link #call} narrows before it looks at the sign.
 *
 * <p><b>One body for all.</b> The handles are {@code static final} in the class of their man page and arrive here as a constant once the
 * just-in-time compiler has inlined these few short methods, so the call is as direct as if {@code invokeExact} stood at the call site.
 */
@SuppressWarnings("restricted")   // native access is asked for and explained in SelfCheck
final class Libc {

    /** Whether critical calls can also capture errno, hence take heap segments: since JDK 24 (JDK-8336768). */
    static final boolean CRITICAL = Runtime.version().feature() >= 24;

    private static final FunctionDescriptor FIVE_WORDS =
            FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor SEVEN_WORDS = FunctionDescriptor.of(
            JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG);
    private static final FunctionDescriptor BUFFER = FunctionDescriptor.of(JAVA_LONG, JAVA_LONG, ADDRESS, JAVA_LONG, JAVA_LONG);

    private static final Linker LINKER = Linker.nativeLinker();
    private static final SymbolLookup SYMBOLS = LINKER.defaultLookup();
    private static final Linker.Option ERRNO = Linker.Option.captureCallState("errno");

    private Libc() { }

    // ---- linking

    /** A function of at most five words. */
    static MethodHandle plain(String name) {
        return LINKER.downcallHandle(address(name), FIVE_WORDS, ERRNO);
    }

    /** A function of at most seven words. */
    static MethodHandle plain7(String name) {
        return LINKER.downcallHandle(address(name), SEVEN_WORDS, ERRNO);
    }

    /** A function whose prototype ends in {@code ...} after {@code fixed} parameters. */
    static MethodHandle variadic(String name, int fixed) {
        return LINKER.downcallHandle(address(name), FIVE_WORDS, ERRNO, Linker.Option.firstVariadicArg(fixed));
    }

    /** A function that never blocks: the thread stays in Java for its duration, and a garbage collection waits for it. */
    static MethodHandle critical(String name) {
        return CRITICAL ? LINKER.downcallHandle(address(name), FIVE_WORDS, ERRNO, Linker.Option.critical(false)) : plain(name);
    }

    /** A function {@code (fd, buffer, length, flags)} that never blocks; the buffer may be a heap segment where {@link #CRITICAL}. */
    static MethodHandle criticalBuffer(String name) {
        return CRITICAL
                ? LINKER.downcallHandle(address(name), BUFFER, ERRNO, Linker.Option.critical(true))
                : LINKER.downcallHandle(address(name), BUFFER, ERRNO);
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

    static int call(MethodHandle function, long a, long b, long c, long d, long e) {
        MemorySegment errno = Scratch.slab();
        int result = (int) invoke(function, errno, a, b, c, d, e);
        return result >= 0 ? result : -Scratch.errno(errno);
    }

    static int call(MethodHandle function, long a, long b, long c) {
        return call(function, a, b, c, 0, 0);
    }

    static int call(MethodHandle function, long a, MemorySegment p, long c, long d) {
        int result = call(function, a, pointer(p), c, d, 0);
        Reference.reachabilityFence(p);
        return result;
    }

    static int call(MethodHandle function, long a, MemorySegment p, MemorySegment q, long d) {
        int result = call(function, a, pointer(p), pointer(q), d, 0);
        Reference.reachabilityFence(p);
        Reference.reachabilityFence(q);
        return result;
    }

    static int call(MethodHandle function, long a, long b, long c, MemorySegment p, long e) {
        int result = call(function, a, b, c, pointer(p), e);
        Reference.reachabilityFence(p);
        return result;
    }

    static int call(MethodHandle function, long a, long b, long c, MemorySegment p, MemorySegment q) {
        int result = call(function, a, b, c, pointer(p), pointer(q));
        Reference.reachabilityFence(p);
        Reference.reachabilityFence(q);
        return result;
    }

    static int call(MethodHandle function, long a, MemorySegment p, long c, MemorySegment q, MemorySegment r) {
        int result = call(function, a, pointer(p), c, pointer(q), pointer(r));
        Reference.reachabilityFence(p);
        Reference.reachabilityFence(q);
        Reference.reachabilityFence(r);
        return result;
    }

    static int call(MethodHandle function, MemorySegment p, long b, long c) {
        int result = call(function, pointer(p), b, c, 0, 0);
        Reference.reachabilityFence(p);
        return result;
    }

    /** A function whose result is a {@code ssize_t}: the whole word counts. */
    static long size(MethodHandle function, long a, MemorySegment p, long c) {
        MemorySegment errno = Scratch.slab();
        long result = invoke(function, errno, a, pointer(p), c, 0, 0);
        Reference.reachabilityFence(p);
        return result >= 0 ? result : -Scratch.errno(errno);
    }

    /** recv(2) and send(2): as {@link #size}, for handles of {@link #criticalBuffer}. */
    static long buffer(MethodHandle function, int fd, MemorySegment buf, long len, int flags) {
        MemorySegment errno = Scratch.slab();
        try {
            long result = (long) function.invokeExact(errno, (long) fd, buf, len, (long) flags);
            return result >= 0 ? result : -Scratch.errno(errno);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    /** The bare call; {@code errno} keeps what the C library left there. */
    static long invoke(MethodHandle function, MemorySegment errno, long a, long b, long c, long d, long e) {
        try {
            return (long) function.invokeExact(errno, a, b, c, d, e);
        } catch (Throwable t) {
            throw unexpected(t);
        }
    }

    static long pointer(MemorySegment segment) {
        assert segment.isNative() : "only recv and send take heap segments";
        return segment.address();
    }

    /** For what {@code invokeExact} declares and a downcall never throws; a mistake in the arguments passes as it is. */
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
