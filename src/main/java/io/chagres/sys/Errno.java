package io.chagres.sys;

/**
 * The error numbers of errno(3), which are positive, with their C names and the English texts of libuv and Node.
 *
 * <p>The numbers are those of {@code asm-generic/errno.h}, which x86-64, AArch64 and RISC-V share. The texts are constants
 * here instead of answers of strerror(3), so that they do not depend on the locale or on the C library.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/errno.3.html">errno(3)</a>
 */
public final class Errno {

    public static final int EPERM = 1;
    public static final int ENOENT = 2;
    public static final int ESRCH = 3;
    public static final int EINTR = 4;
    public static final int EIO = 5;
    public static final int ENXIO = 6;
    public static final int E2BIG = 7;
    public static final int ENOEXEC = 8;
    public static final int EBADF = 9;
    public static final int EAGAIN = 11;
    public static final int ENOMEM = 12;
    public static final int EACCES = 13;
    public static final int EFAULT = 14;
    public static final int EBUSY = 16;
    public static final int EEXIST = 17;
    public static final int EXDEV = 18;
    public static final int ENODEV = 19;
    public static final int ENOTDIR = 20;
    public static final int EISDIR = 21;
    public static final int EINVAL = 22;
    public static final int ENFILE = 23;
    public static final int EMFILE = 24;
    public static final int ENOTTY = 25;
    public static final int ETXTBSY = 26;
    public static final int EFBIG = 27;
    public static final int ENOSPC = 28;
    public static final int ESPIPE = 29;
    public static final int EROFS = 30;
    public static final int EMLINK = 31;
    public static final int EPIPE = 32;
    public static final int ERANGE = 34;
    public static final int ENAMETOOLONG = 36;
    public static final int ENOSYS = 38;
    public static final int ENOTEMPTY = 39;
    public static final int ELOOP = 40;
    public static final int EUNATCH = 49;
    public static final int ENODATA = 61;
    public static final int ENONET = 64;
    public static final int EPROTO = 71;
    public static final int EOVERFLOW = 75;
    public static final int EILSEQ = 84;
    public static final int ENOTSOCK = 88;
    public static final int EDESTADDRREQ = 89;
    public static final int EMSGSIZE = 90;
    public static final int EPROTOTYPE = 91;
    public static final int ENOPROTOOPT = 92;
    public static final int EPROTONOSUPPORT = 93;
    public static final int ESOCKTNOSUPPORT = 94;
    public static final int ENOTSUP = 95;
    public static final int EAFNOSUPPORT = 97;
    public static final int EADDRINUSE = 98;
    public static final int EADDRNOTAVAIL = 99;
    public static final int ENETDOWN = 100;
    public static final int ENETUNREACH = 101;
    public static final int ECONNABORTED = 103;
    public static final int ECONNRESET = 104;
    public static final int ENOBUFS = 105;
    public static final int EISCONN = 106;
    public static final int ENOTCONN = 107;
    public static final int ESHUTDOWN = 108;
    public static final int ETOOMANYREFS = 109;
    public static final int ETIMEDOUT = 110;
    public static final int ECONNREFUSED = 111;
    public static final int EHOSTDOWN = 112;
    public static final int EHOSTUNREACH = 113;
    public static final int EALREADY = 114;
    public static final int EINPROGRESS = 115;
    public static final int EREMOTEIO = 121;
    public static final int EDQUOT = 122;
    public static final int ECANCELED = 125;
    public static final int EOPNOTSUPP = ENOTSUP;
    public static final int EWOULDBLOCK = EAGAIN;

    private Errno() {}

    /**
     * Returns the C name of {@code errno} or {@code -errno}. A number without a name gives "Unknown system error -N",
     * as in libuv.
     */
    public static String name(int errno) {
        return Table.entry(Table.NAMES, errno);
    }

    /**
     * Returns the text for {@code errno} or {@code -errno}. A number without a text gives "Unknown system error -N",
     * as in libuv.
     */
    public static String message(int errno) {
        return Table.entry(Table.MESSAGES, errno);
    }

    /** The number of a C name, 0 if there is none. */
    public static int number(String name) {
        for (int errno = Table.SIZE - 1; errno > 0; errno--) {
            if (name.equals(Table.NAMES[errno])) {
                return errno;
            }
        }
        return switch (name) {
            case "EOPNOTSUPP" -> EOPNOTSUPP;
            case "EWOULDBLOCK" -> EWOULDBLOCK;
            default -> 0;
        };
    }

    /** Apart from the constants, so that a program pays for it with its first error. */
    private static final class Table {
        static final int SIZE = 134;
        static final String[] NAMES = new String[SIZE];
        static final String[] MESSAGES = new String[SIZE];

        static {
            put(EPERM, "EPERM", "operation not permitted");
            put(ENOENT, "ENOENT", "no such file or directory");
            put(ESRCH, "ESRCH", "no such process");
            put(EINTR, "EINTR", "interrupted system call");
            put(EIO, "EIO", "i/o error");
            put(ENXIO, "ENXIO", "no such device or address");
            put(E2BIG, "E2BIG", "argument list too long");
            put(ENOEXEC, "ENOEXEC", "exec format error");
            put(EBADF, "EBADF", "bad file descriptor");
            put(EAGAIN, "EAGAIN", "resource temporarily unavailable");
            put(ENOMEM, "ENOMEM", "not enough memory");
            put(EACCES, "EACCES", "permission denied");
            put(EFAULT, "EFAULT", "bad address in system call argument");
            put(EBUSY, "EBUSY", "resource busy or locked");
            put(EEXIST, "EEXIST", "file already exists");
            put(EXDEV, "EXDEV", "cross-device link not permitted");
            put(ENODEV, "ENODEV", "no such device");
            put(ENOTDIR, "ENOTDIR", "not a directory");
            put(EISDIR, "EISDIR", "illegal operation on a directory");
            put(EINVAL, "EINVAL", "invalid argument");
            put(ENFILE, "ENFILE", "file table overflow");
            put(EMFILE, "EMFILE", "too many open files");
            put(ENOTTY, "ENOTTY", "inappropriate ioctl for device");
            put(ETXTBSY, "ETXTBSY", "text file is busy");
            put(EFBIG, "EFBIG", "file too large");
            put(ENOSPC, "ENOSPC", "no space left on device");
            put(ESPIPE, "ESPIPE", "invalid seek");
            put(EROFS, "EROFS", "read-only file system");
            put(EMLINK, "EMLINK", "too many links");
            put(EPIPE, "EPIPE", "broken pipe");
            put(ERANGE, "ERANGE", "result too large");
            put(ENAMETOOLONG, "ENAMETOOLONG", "name too long");
            put(ENOSYS, "ENOSYS", "function not implemented");
            put(ENOTEMPTY, "ENOTEMPTY", "directory not empty");
            put(ELOOP, "ELOOP", "too many symbolic links encountered");
            put(EUNATCH, "EUNATCH", "protocol driver not attached");
            put(ENODATA, "ENODATA", "no data available");
            put(ENONET, "ENONET", "machine is not on the network");
            put(EPROTO, "EPROTO", "protocol error");
            put(EOVERFLOW, "EOVERFLOW", "value too large for defined data type");
            put(EILSEQ, "EILSEQ", "illegal byte sequence");
            put(ENOTSOCK, "ENOTSOCK", "socket operation on non-socket");
            put(EDESTADDRREQ, "EDESTADDRREQ", "destination address required");
            put(EMSGSIZE, "EMSGSIZE", "message too long");
            put(EPROTOTYPE, "EPROTOTYPE", "protocol wrong type for socket");
            put(ENOPROTOOPT, "ENOPROTOOPT", "protocol not available");
            put(EPROTONOSUPPORT, "EPROTONOSUPPORT", "protocol not supported");
            put(ESOCKTNOSUPPORT, "ESOCKTNOSUPPORT", "socket type not supported");
            put(ENOTSUP, "ENOTSUP", "operation not supported on socket");
            put(EAFNOSUPPORT, "EAFNOSUPPORT", "address family not supported");
            put(EADDRINUSE, "EADDRINUSE", "address already in use");
            put(EADDRNOTAVAIL, "EADDRNOTAVAIL", "address not available");
            put(ENETDOWN, "ENETDOWN", "network is down");
            put(ENETUNREACH, "ENETUNREACH", "network is unreachable");
            put(ECONNABORTED, "ECONNABORTED", "software caused connection abort");
            put(ECONNRESET, "ECONNRESET", "connection reset by peer");
            put(ENOBUFS, "ENOBUFS", "no buffer space available");
            put(EISCONN, "EISCONN", "socket is already connected");
            put(ENOTCONN, "ENOTCONN", "socket is not connected");
            put(ESHUTDOWN, "ESHUTDOWN", "cannot send after transport endpoint shutdown");
            put(ETOOMANYREFS, "ETOOMANYREFS", "too many descriptors on their way");
            put(ETIMEDOUT, "ETIMEDOUT", "connection timed out");
            put(ECONNREFUSED, "ECONNREFUSED", "connection refused");
            put(EHOSTDOWN, "EHOSTDOWN", "host is down");
            put(EHOSTUNREACH, "EHOSTUNREACH", "host is unreachable");
            put(EALREADY, "EALREADY", "connection already in progress");
            put(EINPROGRESS, "EINPROGRESS", "operation now in progress");
            put(EREMOTEIO, "EREMOTEIO", "remote I/O error");
            put(EDQUOT, "EDQUOT", "disk quota exceeded");
            put(ECANCELED, "ECANCELED", "operation canceled");
        }

        private static void put(int errno, String name, String message) {
            NAMES[errno] = name;
            MESSAGES[errno] = message;
        }

        static String entry(String[] column, int errno) {
            int number = errno < 0 ? -errno : errno; // stays negative for MIN_VALUE
            String entry = number >= 0 && number < SIZE ? column[number] : null;
            return entry != null ? entry : "Unknown system error " + (-number);
        }
    }
}
