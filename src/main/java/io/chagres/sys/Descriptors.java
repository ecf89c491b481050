package io.chagres.sys;

import static io.chagres.sys.Libc.call;

import java.lang.foreign.MemorySegment;

/**
 * What can be done with any descriptor, and with the files behind some: {@code <unistd.h>}, {@code <fcntl.h>}, {@code
 * <sys/stat.h>}.
 *
 * <p>Every method returns what the kernel returned, or {@code -errno}. Paths are C strings ({@link
 * Memory#string(String)}).
 */
public final class Descriptors {

    public static final int F_GETFD = 1;
    public static final int F_SETFD = 2;
    public static final int F_GETFL = 3;
    public static final int F_SETFL = 4;
    public static final int F_DUPFD_CLOEXEC = 1030;
    public static final int FD_CLOEXEC = 1;

    public static final int O_RDONLY = 0;
    public static final int O_WRONLY = 1;
    public static final int O_RDWR = 2;
    public static final int O_ACCMODE = 3;
    public static final int O_CREAT = 0x40;
    public static final int O_EXCL = 0x80;
    public static final int O_NONBLOCK = 0x800;
    public static final int O_CLOEXEC = 0x80000;

    public static final int RLIMIT_NOFILE = 7;

    public static final int AT_FDCWD = -100;
    public static final int AT_SYMLINK_NOFOLLOW = 0x100;
    public static final int AT_EMPTY_PATH = 0x1000;
    public static final int STATX_INO = 0x100;

    /** One of the few flags that AArch64 numbers in its own way. */
    public static final int O_DIRECTORY = directoryFlag(System.getProperty("os.arch"));

    private static final CFunction CLOSE = Libc.plain("close");

    private static final class Later {
        static final CFunction READ = Libc.plain("read");
        static final CFunction WRITE = Libc.plain("write");
        static final CFunction WRITEV = Libc.plain("writev");
        static final CFunction ISATTY = Libc.plain("isatty");
        static final CFunction PIPE2 = Libc.plain("pipe2");
        static final CFunction UNLINK = Libc.plain("unlink");
        static final CFunction CHMOD = Libc.plain("chmod");
        static final CFunction FCHMOD = Libc.plain("fchmod");
        /** glibc 2.28. */
        static final CFunction STATX = Libc.has("statx") ? Libc.plain("statx") : null;
    }

    /** Apart from the rest, since they are a call shape of their own. */
    private static final class Variadic {
        static final CFunction FCNTL = Libc.variadic("fcntl", 2);
        static final CFunction OPEN = Libc.variadic("open", 2);
    }

    /** Apart from the rest, since a server needs it at its start and nothing else of them. */
    private static final class Limits {
        static final CFunction GETRLIMIT = Libc.plain("getrlimit");
    }

    private Descriptors() {}

    static int directoryFlag(String arch) {
        return arch.equals("aarch64") ? 0x4000 : 0x10000;
    }

    /**
     * read(2): the bytes read, 0 at end of file. EAGAIN, EIO, EFAULT where {@code count} exceeds the segment. Native
     * segments only.
     */
    public static long read(int fd, MemorySegment buf, long count) {
        return Memory.outside(buf, count) ? -Errno.EFAULT : Libc.size(Later.READ, fd, buf, count);
    }

    /**
     * write(2): the bytes written, perhaps fewer than {@code count}. EAGAIN, EPIPE, EFAULT as {@link #read}. Native
     * segments only.
     */
    public static long write(int fd, MemorySegment buf, long count) {
        return Memory.outside(buf, count) ? -Errno.EFAULT : Libc.size(Later.WRITE, fd, buf, count);
    }

    /** writev(2): the bytes written, perhaps fewer than all. EAGAIN, EPIPE, EINVAL. See {@link IoVec}. */
    public static long writev(int fd, MemorySegment iov, int iovcnt) {
        return Libc.size(Later.WRITEV, fd, iov, iovcnt);
    }

    /** isatty(3): 1, or -ENOTTY, -EBADF. (The C library says 0 for no.) */
    public static int isatty(int fd) {
        MemorySegment slab = Scratch.slab();
        return (int) Libc.invoke(Later.ISATTY, slab, fd, 0, 0, 0, 0) == 1 ? 1 : -Scratch.errno(slab);
    }

    /**
     * close(2): never again on EINTR, since Linux has freed the number by then and another thread may own it. EBADF,
     * EINTR, EIO.
     */
    public static int close(int fd) {
        return call(CLOSE, fd, 0, 0);
    }

    /** fcntl(2) with an int for an argument. EBADF, EINVAL, EMFILE for F_DUPFD_CLOEXEC. */
    public static int fcntl(int fd, int cmd, int arg) {
        return call(Variadic.FCNTL, fd, cmd, arg);
    }

    /** pipe2(2): two ints into {@code fds}, the read end first. EMFILE, ENFILE. */
    public static int pipe2(MemorySegment fds, int flags) {
        return call(Later.PIPE2, fds, flags, 0);
    }

    /**
     * open(2): a new descriptor; {@code mode} counts with O_CREAT only. ENOENT, EACCES, EEXIST, EMFILE, ENXIO (a
     * socket).
     */
    public static int open(MemorySegment path, int flags, int mode) {
        return call(Variadic.OPEN, path, flags, mode);
    }

    /** unlink(2). ENOENT, EACCES, EISDIR. */
    public static int unlink(MemorySegment path) {
        return call(Later.UNLINK, path, 0, 0);
    }

    /** chmod(2). ENOENT, EPERM. */
    public static int chmod(MemorySegment path, int mode) {
        return call(Later.CHMOD, path, mode, 0);
    }

    /** fchmod(2). EBADF, EPERM; of a socket it changes the descriptor's inode, not the file in the file system. */
    public static int fchmod(int fd, int mode) {
        return call(Later.FCHMOD, fd, mode, 0);
    }

    /**
     * statx(2): what is known of a file, into {@code statxbuf}, see {@link FileIdentity}. ENOENT, ENOTDIR, EACCES, EBADF; ENOSYS
     * and others if the C library, the kernel or a seccomp(2) profile does not have it.
     */
    public static int statx(int dirfd, MemorySegment pathname, int flags, int mask, MemorySegment statxbuf) {
        return Later.STATX == null ? -Errno.ENOSYS : call(Later.STATX, dirfd, pathname, flags, mask, statxbuf);
    }

    /** getrlimit(2): {@code struct rlimit} into {@code rlim}, two unsigned longs: the limit now, and what it may become. */
    public static int getrlimit(int resource, MemorySegment rlim) {
        return call(Limits.GETRLIMIT, resource, rlim, 0, 0);
    }
}
