package io.chagres.sys;

import static io.chagres.sys.Libc.call;

import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The system calls for any descriptor, and for files: {@code <unistd.h>}, {@code <fcntl.h>}, {@code <sys/stat.h>}.
 *
 * <p>Every method returns the result of the kernel, or {@code -errno}. Paths are C strings ({@link
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

    /** One of the few flags that have another number on AArch64. RISC-V has that of x86-64. */
    public static final int O_DIRECTORY = directoryFlag(System.getProperty("os.arch"));

    private static final CFunction CLOSE = Libc.plain("close");

    /** The calls that a plain server does not need at its start. They are linked at their first use. */
    private static final class Later {
        static final CFunction READ = Libc.plain("read");
        static final CFunction WRITE = Libc.plain("write");
        static final CFunction WRITEV = Libc.plain("writev");
        static final CFunction ISATTY = Libc.plain("isatty");
        static final CFunction PIPE2 = Libc.plain("pipe2");
        static final CFunction UNLINK = Libc.plain("unlink");
        static final CFunction CHMOD = Libc.plain("chmod");
        static final CFunction FCHMOD = Libc.plain("fchmod");
        /** Exists since glibc 2.28. */
        static final @Nullable CFunction STATX = Libc.has("statx") ? Libc.plain("statx") : null;
    }

    /** The variadic calls. They are separate because they have a call shape of their own. */
    private static final class Variadic {
        static final CFunction FCNTL = Libc.variadic("fcntl", 2);
        static final CFunction OPEN = Libc.variadic("open", 2);
    }

    /** The call for limits. It is separate because a server needs it at its start, and none of {@link Later}. */
    private static final class Limits {
        static final CFunction GETRLIMIT = Libc.plain("getrlimit");
    }

    private Descriptors() {}

    static int directoryFlag(String arch) {
        return arch.equals("aarch64") ? 0x4000 : 0x10000;
    }

    /**
     * read(2): returns the number of bytes read, 0 at end of file. EAGAIN, EIO, EFAULT if {@code count} exceeds the
     * segment. Native segments only.
     */
    public static long read(int fd, MemorySegment buf, long count) {
        return Memory.outside(buf, count) ? -Errno.EFAULT : Libc.size(Later.READ, fd, buf, count);
    }

    /**
     * write(2): returns the number of bytes written, which may be less than {@code count}. EAGAIN, EPIPE, EFAULT if
     * {@code count} exceeds the segment. Native segments only.
     */
    public static long write(int fd, MemorySegment buf, long count) {
        return Memory.outside(buf, count) ? -Errno.EFAULT : Libc.size(Later.WRITE, fd, buf, count);
    }

    /**
     * writev(2): returns the number of bytes written, which may be less than the total. EAGAIN, EPIPE, EINVAL. See
     * {@link IoVec}.
     */
    public static long writev(int fd, MemorySegment iov, int iovcnt) {
        return Libc.size(Later.WRITEV, fd, iov, iovcnt);
    }

    /** isatty(3): returns 1, or -ENOTTY or -EBADF. (The C library returns 0 if the descriptor is no terminal.) */
    public static int isatty(int fd) {
        MemorySegment slab = Scratch.slab();
        return (int) Libc.invoke(Later.ISATTY, slab, fd, 0, 0, 0, 0) == 1 ? 1 : -Scratch.errno(slab);
    }

    /**
     * close(2). EBADF, EINTR, EIO. The caller must not repeat the call after EINTR: Linux has freed the number by
     * then, and another thread may own it.
     */
    public static int close(int fd) {
        return call(CLOSE, fd, 0, 0);
    }

    /** fcntl(2) with an int as its argument. EBADF, EINVAL, EMFILE for F_DUPFD_CLOEXEC. */
    public static int fcntl(int fd, int cmd, int arg) {
        return call(Variadic.FCNTL, fd, cmd, arg);
    }

    /** pipe2(2): writes two ints to {@code fds}, the read end first. EMFILE, ENFILE. */
    public static int pipe2(MemorySegment fds, int flags) {
        return call(Later.PIPE2, fds, flags, 0);
    }

    /**
     * open(2): returns a new descriptor. {@code mode} is used with O_CREAT only. ENOENT, EACCES, EEXIST, EMFILE,
     * ENXIO (a socket).
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

    /**
     * fchmod(2). EBADF, EPERM. For a socket it changes the inode of the descriptor, not the file in the file system.
     */
    public static int fchmod(int fd, int mode) {
        return call(Later.FCHMOD, fd, mode, 0);
    }

    /**
     * statx(2): writes the facts about a file to {@code statxbuf}, see {@link FileIdentity}. ENOENT, ENOTDIR, EACCES,
     * EBADF; ENOSYS and others if the C library, the kernel or a seccomp(2) profile lacks the call.
     */
    public static int statx(int dirfd, MemorySegment pathname, int flags, int mask, MemorySegment statxbuf) {
        return Later.STATX == null ? -Errno.ENOSYS : call(Later.STATX, dirfd, pathname, flags, mask, statxbuf);
    }

    /**
     * getrlimit(2): writes a {@code struct rlimit} to {@code rlim}: two unsigned longs, the soft limit and the hard
     * limit.
     */
    public static int getrlimit(int resource, MemorySegment rlim) {
        return call(Limits.GETRLIMIT, resource, rlim, 0, 0);
    }
}
