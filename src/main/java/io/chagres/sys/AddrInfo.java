package io.chagres.sys;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The struct of the hints and of the answer of getaddrinfo(3).
 *
 * <pre>{@code
 *   struct addrinfo {
 *       int              ai_flags;        //  0
 *       int              ai_family;       //  4
 *       int              ai_socktype;     //  8
 *       int              ai_protocol;     // 12
 *       socklen_t        ai_addrlen;      // 16
 *       struct sockaddr *ai_addr;         // 24
 *       char            *ai_canonname;    // 32
 *       struct addrinfo *ai_next;         // 40
 *   };
 * }</pre>
 *
 * <p>The list belongs to the C library until freeaddrinfo(3).
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/getaddrinfo.3.html">getaddrinfo(3)</a>
 */
@SuppressWarnings("restricted") // reinterpret: the pointers of the C library have no size
public final class AddrInfo {

    public static final int BYTES = 48;

    private static final int FLAGS = 0;
    private static final int FAMILY = 4;
    private static final int SOCKTYPE = 8;
    private static final int PROTOCOL = 12;
    private static final int ADDRLEN = 16;
    private static final int ADDR = 24;
    private static final int CANONNAME = 32;
    private static final int NEXT = 40;

    private AddrInfo() {}

    /** Writes hints into a zeroed segment. A value of 0 leaves that choice to getaddrinfo. */
    public static void hints(MemorySegment ai, int flags, int family, int socktype, int protocol) {
        ai.set(JAVA_INT, FLAGS, flags);
        ai.set(JAVA_INT, FAMILY, family);
        ai.set(JAVA_INT, SOCKTYPE, socktype);
        ai.set(JAVA_INT, PROTOCOL, protocol);
    }

    /**
     * Returns the head of the list that the pointer {@code res} of getaddrinfo points to; NULL if the list is empty.
     */
    public static MemorySegment first(MemorySegment res) {
        return sized(res.get(ADDRESS, 0), BYTES);
    }

    /** Returns the next element of the list; NULL after the last. */
    public static MemorySegment next(MemorySegment ai) {
        return sized(ai.get(ADDRESS, NEXT), BYTES);
    }

    public static int flags(MemorySegment ai) {
        return ai.get(JAVA_INT, FLAGS);
    }

    public static int family(MemorySegment ai) {
        return ai.get(JAVA_INT, FAMILY);
    }

    public static int socktype(MemorySegment ai) {
        return ai.get(JAVA_INT, SOCKTYPE);
    }

    public static int protocol(MemorySegment ai) {
        return ai.get(JAVA_INT, PROTOCOL);
    }

    public static int addrlen(MemorySegment ai) {
        return ai.get(JAVA_INT, ADDRLEN);
    }

    /** Returns the address: see {@link SockAddr}. */
    public static MemorySegment addr(MemorySegment ai) {
        return sized(ai.get(ADDRESS, ADDR), addrlen(ai));
    }

    /** Returns the canonical name if AI_CANONNAME asked for it, otherwise null. */
    public static @Nullable String canonname(MemorySegment ai) {
        MemorySegment name = sized(ai.get(ADDRESS, CANONNAME), NetDb.NI_MAXHOST);
        return name.equals(MemorySegment.NULL) ? null : name.getString(0);
    }

    private static MemorySegment sized(MemorySegment pointer, long bytes) {
        return pointer.address() == 0 ? MemorySegment.NULL : pointer.reinterpret(bytes);
    }
}
