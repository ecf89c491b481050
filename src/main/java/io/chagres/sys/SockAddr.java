package io.chagres.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_SHORT_UNALIGNED;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.util.Arrays;

/**
 * The structs of socket addresses, written and read: ip(7), ipv6(7), unix(7).
 *
 * <pre>{@code
 *   struct sockaddr_in {             struct sockaddr_in6 {                struct sockaddr_un {
 *       sa_family_t sin_family;          sa_family_t sin6_family;             sa_family_t sun_family;
 *       in_port_t   sin_port;            in_port_t   sin6_port;               char        sun_path[108];
 *       in_addr     sin_addr;            uint32_t    sin6_flowinfo;       };
 *       char        sin_zero[8];         in6_addr    sin6_addr;
 *   };                                   uint32_t    sin6_scope_id;
 *                                    };
 * }</pre>
 *
 * <p>Port and flow information are in network byte order, family and scope in the byte order of the machine. The
 * writers return the length to pass to the kernel, or {@code -errno} if the arguments are no valid address.
 *
 * @see <a href="https://man7.org/linux/man-pages/man7/ip.7.html">ip(7)</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/ipv6.7.html">ipv6(7)</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/unix.7.html">unix(7)</a>
 */
public final class SockAddr {

    /** {@code sizeof(struct sockaddr_storage)}: enough for every kind of address. */
    public static final int SIZE = 128;

    /** {@code sizeof(sun_path)}. */
    public static final int UNIX_PATH_MAX = 108;

    /** {@code sizeof(struct sockaddr_in)}. */
    public static final int INET_BYTES = 16;
    /** {@code sizeof(struct sockaddr_in6)}. */
    public static final int INET6_BYTES = 28;

    private static final int PORT = 2;
    private static final int INET_ADDR = 4;
    private static final int FLOWINFO = 4;
    private static final int INET6_ADDR = 8;
    private static final int SCOPE_ID = 24;
    private static final int PATH = 2;

    private static final ValueLayout.OfShort NET_SHORT = JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);
    private static final ValueLayout.OfInt NET_INT = JAVA_INT_UNALIGNED.withOrder(ByteOrder.BIG_ENDIAN);

    private SockAddr() {}

    /**
     * Writes a {@code sockaddr_in}. Returns 16, or -EINVAL if {@code ip4} has not 4 bytes or the port is not 0 to
     * 65535.
     */
    public static int putInet(MemorySegment dst, byte[] ip4, int port) {
        if (ip4.length != 4 || port >>> 16 != 0) {
            return -Errno.EINVAL;
        }
        head(dst, INET_BYTES, Sockets.AF_INET, port);
        copy(ip4, dst, INET_ADDR);
        return INET_BYTES;
    }

    /**
     * Writes a {@code sockaddr_in6}. Returns 28, or -EINVAL if {@code ip16} has not 16 bytes or the port is not 0 to
     * 65535.
     */
    public static int putInet6(MemorySegment dst, byte[] ip16, int port, int flowinfo, int scopeId) {
        if (ip16.length != 16 || port >>> 16 != 0) {
            return -Errno.EINVAL;
        }
        head(dst, INET6_BYTES, Sockets.AF_INET6, port);
        dst.set(NET_INT, FLOWINFO, flowinfo);
        copy(ip16, dst, INET6_ADDR);
        dst.set(JAVA_INT_UNALIGNED, SCOPE_ID, scopeId);
        return INET6_BYTES;
    }

    /** Writes an address of 4 or 16 bytes, by {@link #putInet} or {@link #putInet6}. */
    public static int putIp(MemorySegment dst, byte[] ip, int port, int scopeId) {
        return ip.length == 4 ? putInet(dst, ip, port) : putInet6(dst, ip, port, 0, scopeId);
    }

    /**
     * Writes a {@code sockaddr_un}.
     *
     * <p>A path is written with its NUL. A name whose first byte is NUL is abstract and is written exactly as given.
     * With the empty name, bind chooses a name. Returns -ENAMETOOLONG if a name does not fit, since no name is cut,
     * and -EINVAL if a path has a NUL inside.
     */
    public static int putUnix(MemorySegment dst, byte[] name) {
        boolean path = name.length > 0 && name[0] != 0;
        int bytes = path ? name.length + 1 : name.length;
        if (bytes > UNIX_PATH_MAX) {
            return -Errno.ENAMETOOLONG;
        }
        if (path && indexOfNul(name) < name.length) {
            return -Errno.EINVAL;
        }
        dst.asSlice(0, PATH + bytes).fill((byte) 0);
        dst.set(JAVA_SHORT_UNALIGNED, 0, (short) Sockets.AF_UNIX);
        copy(name, dst, PATH);
        return PATH + bytes;
    }

    private static void head(MemorySegment dst, int bytes, int family, int port) {
        dst.asSlice(0, bytes).fill((byte) 0);
        dst.set(JAVA_SHORT_UNALIGNED, 0, (short) family);
        dst.set(NET_SHORT, PORT, (short) port);
    }

    private static void copy(byte[] src, MemorySegment dst, int offset) {
        MemorySegment.copy(src, 0, dst, JAVA_BYTE, offset, src.length);
    }

    private static int indexOfNul(byte[] bytes) {
        int i = 0;
        while (i < bytes.length && bytes[i] != 0) {
            i++;
        }
        return i;
    }

    /** Returns AF_INET, AF_INET6 or AF_UNIX. */
    public static int family(MemorySegment src) {
        return Short.toUnsignedInt(src.get(JAVA_SHORT_UNALIGNED, 0));
    }

    /** Returns the port of an AF_INET or AF_INET6 address. */
    public static int port(MemorySegment src) {
        return Short.toUnsignedInt(src.get(NET_SHORT, PORT));
    }

    /** Returns the 4 bytes of an AF_INET address or the 16 of an AF_INET6 address; no bytes for any other family. */
    public static byte[] ip(MemorySegment src) {
        return switch (family(src)) {
            case Sockets.AF_INET -> bytes(src, INET_ADDR, 4);
            case Sockets.AF_INET6 -> bytes(src, INET6_ADDR, 16);
            default -> new byte[0];
        };
    }

    /** Returns the flow information of an AF_INET6 address. */
    public static int flowinfo(MemorySegment src) {
        return src.get(NET_INT, FLOWINFO);
    }

    /**
     * Returns the scope of an AF_INET6 address: the index of an interface if the address is link-local. 0 for other
     * families.
     */
    public static int scopeId(MemorySegment src) {
        return family(src) == Sockets.AF_INET6 ? src.get(JAVA_INT_UNALIGNED, SCOPE_ID) : 0;
    }

    /**
     * Returns the name in an AF_UNIX address of {@code addrlen} bytes: a path without its NUL, an abstract name with
     * its NUL; empty if the socket has no name.
     */
    public static byte[] unixName(MemorySegment src, int addrlen) {
        if (addrlen <= PATH) {
            return new byte[0];
        }
        byte[] name = bytes(src, PATH, addrlen - PATH);
        return name[0] == 0 ? name : Arrays.copyOf(name, indexOfNul(name));
    }

    private static byte[] bytes(MemorySegment src, int offset, int count) {
        byte[] copy = new byte[count];
        MemorySegment.copy(src, JAVA_BYTE, offset, copy, 0, count);
        return copy;
    }
}
