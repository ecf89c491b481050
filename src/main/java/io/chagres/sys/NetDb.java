package io.chagres.sys;

import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;

/**
 * The lookups of names and addresses of {@code <netdb.h>}. <b>They block</b>, for seconds if a name server does not
 * answer, so only threads for lookups call them.
 *
 * <p>They have error numbers of their own, which are negative already. One of them, EAI_SYSTEM, means "see errno".
 * The next call would overwrite errno, so it becomes part of the result, {@code -(1000 + errno)}, and {@link
 * #eaiErrno} returns it. So the result is 0, an {@code EAI_} constant other than EAI_SYSTEM, or -1001 or less.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/getaddrinfo.3.html">getaddrinfo(3)</a>
 * @see <a href="https://man7.org/linux/man-pages/man3/getnameinfo.3.html">getnameinfo(3)</a>
 */
public final class NetDb {

    public static final int AI_PASSIVE = 0x1;
    public static final int AI_CANONNAME = 0x2;
    public static final int AI_NUMERICHOST = 0x4;
    public static final int AI_V4MAPPED = 0x8;
    public static final int AI_ALL = 0x10;
    public static final int AI_ADDRCONFIG = 0x20;
    public static final int AI_NUMERICSERV = 0x400;

    public static final int NI_NUMERICHOST = 0x1;
    public static final int NI_NUMERICSERV = 0x2;
    public static final int NI_NOFQDN = 0x4;
    public static final int NI_NAMEREQD = 0x8;
    public static final int NI_DGRAM = 0x10;
    public static final int NI_MAXHOST = 1025;
    public static final int NI_MAXSERV = 32;

    public static final int EAI_BADFLAGS = -1;
    public static final int EAI_NONAME = -2;
    public static final int EAI_AGAIN = -3;
    public static final int EAI_FAIL = -4;
    public static final int EAI_NODATA = -5;
    public static final int EAI_FAMILY = -6;
    public static final int EAI_SOCKTYPE = -7;
    public static final int EAI_SERVICE = -8;
    public static final int EAI_ADDRFAMILY = -9;
    public static final int EAI_MEMORY = -10;
    public static final int EAI_SYSTEM = -11;
    public static final int EAI_OVERFLOW = -12;
    public static final int EAI_CANCELED = -101;

    private static final int EAI_ERRNO = -1000;

    private static final CFunction GETADDRINFO = Libc.plain("getaddrinfo");
    private static final CFunction FREEADDRINFO = Libc.plain("freeaddrinfo");

    /** The call that has a shape of its own, and is linked at its first use for that reason. */
    private static final class Reverse {
        static final CFunction GETNAMEINFO = Libc.plain7("getnameinfo");
    }

    private NetDb() {}

    /**
     * getaddrinfo(3): writes the head of a list of {@link AddrInfo} to the pointer {@code res}. EAI_NONAME,
     * EAI_AGAIN, EAI_NODATA, EAI_FAIL. {@code node}, {@code service} and {@code hints} may be NULL.
     */
    public static int getaddrinfo(MemorySegment node, MemorySegment service, MemorySegment hints, MemorySegment res) {
        MemorySegment slab = Scratch.slab();
        int result = (int) Libc.invoke(
                GETADDRINFO,
                slab,
                Libc.pointer(node),
                Libc.pointer(service),
                Libc.pointer(hints),
                Libc.pointer(res),
                0);
        Reference.reachabilityFence(node);
        Reference.reachabilityFence(service);
        Reference.reachabilityFence(hints);
        Reference.reachabilityFence(res);
        return result(result, slab);
    }

    /** freeaddrinfo(3): frees the whole list. */
    public static void freeaddrinfo(MemorySegment res) {
        Libc.invoke(FREEADDRINFO, Scratch.slab(), Libc.pointer(res), 0, 0, 0, 0);
    }

    /** getnameinfo(3): writes C strings to {@code host} and {@code serv}. EAI_NONAME, EAI_AGAIN, EAI_OVERFLOW. */
    public static int getnameinfo(
            MemorySegment sa, int salen, MemorySegment host, int hostlen, MemorySegment serv, int servlen, int flags) {
        MemorySegment slab = Scratch.slab();
        try {
            long result = (long) Reverse.GETNAMEINFO.handle.invokeExact(
                    slab,
                    Libc.pointer(sa),
                    (long) salen,
                    Libc.pointer(host),
                    (long) hostlen,
                    Libc.pointer(serv),
                    (long) servlen,
                    (long) flags);
            return result((int) result, slab);
        } catch (Throwable t) {
            throw Libc.unexpected(t);
        } finally {
            Reference.reachabilityFence(sa);
            Reference.reachabilityFence(host);
            Reference.reachabilityFence(serv);
        }
    }

    static int result(int eai, MemorySegment slab) {
        return eai == EAI_SYSTEM ? EAI_ERRNO - Scratch.errno(slab) : eai;
    }

    /** Returns the errno in a result that stands for EAI_SYSTEM, otherwise 0. */
    public static int eaiErrno(int result) {
        return result < EAI_ERRNO ? EAI_ERRNO - result : 0;
    }

    /** Returns the name of a result, "EAI_NONAME". If the result has an errno, it is the name of the errno. */
    public static String eaiName(int result) {
        return switch (result) {
            case EAI_BADFLAGS -> "EAI_BADFLAGS";
            case EAI_NONAME -> "EAI_NONAME";
            case EAI_AGAIN -> "EAI_AGAIN";
            case EAI_FAIL -> "EAI_FAIL";
            case EAI_NODATA -> "EAI_NODATA";
            case EAI_FAMILY -> "EAI_FAMILY";
            case EAI_SOCKTYPE -> "EAI_SOCKTYPE";
            case EAI_SERVICE -> "EAI_SERVICE";
            case EAI_ADDRFAMILY -> "EAI_ADDRFAMILY";
            case EAI_MEMORY -> "EAI_MEMORY";
            case EAI_SYSTEM -> "EAI_SYSTEM";
            case EAI_OVERFLOW -> "EAI_OVERFLOW";
            case EAI_CANCELED -> "EAI_CANCELED";
            default -> result < EAI_ERRNO ? Errno.name(eaiErrno(result)) : "Unknown system error " + result;
        };
    }

    /**
     * Returns the text for a result, in libuv's words: "unknown node or service". If the result has an errno, it is
     * the text of the errno.
     */
    public static String eaiMessage(int result) {
        return switch (result) {
            case EAI_BADFLAGS -> "bad ai_flags value";
            case EAI_NONAME -> "unknown node or service";
            case EAI_AGAIN -> "temporary failure";
            case EAI_FAIL -> "permanent failure";
            case EAI_NODATA -> "no address";
            case EAI_FAMILY -> "ai_family not supported";
            case EAI_SOCKTYPE -> "socket type not supported";
            case EAI_SERVICE -> "service not available for socket type";
            case EAI_ADDRFAMILY -> "address family not supported";
            case EAI_MEMORY -> "out of memory";
            case EAI_SYSTEM -> "system error";
            case EAI_OVERFLOW -> "argument buffer overflow";
            case EAI_CANCELED -> "request canceled";
            default -> result < EAI_ERRNO ? Errno.message(eaiErrno(result)) : "Unknown system error " + result;
        };
    }
}
