package io.chagres.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import org.jspecify.annotations.Nullable;

/**
 * The identity of the file, socket or device behind a descriptor or a path. No other one that exists at the same time
 * has the same two numbers.
 *
 * <p>It is read by statx(2), {@code <linux/stat.h>}, whose struct is the same on every architecture:
 *
 * <pre>{@code
 *   struct statx {
 *       __u32 stx_mask, stx_blksize;          //   0, 4
 *       __u64 stx_attributes;                 //   8
 *       __u32 stx_nlink, stx_uid, stx_gid;    //  16 .. 24
 *       __u16 stx_mode;                       //  28
 *       __u64 stx_ino;                        //  32
 *       ...
 *       __u32 stx_dev_major, stx_dev_minor;   // 136, 140
 *       ...                                   // up to 256
 *   };
 * }</pre>
 *
 * @param device the number of the device, with the major number in the upper half
 * @param inode the number of the file on the device
 * @see <a href="https://man7.org/linux/man-pages/man2/statx.2.html">statx(2)</a>
 */
public record FileIdentity(long device, long inode) {

    private static final long SIZE = 256;
    private static final long INO = 32;
    private static final long DEV_MAJOR = 136;
    private static final long DEV_MINOR = 140;

    /** Returns the identity of the file behind {@code fd}; null if the kernel does not tell it. */
    public static @Nullable FileIdentity of(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            return of(fd, arena.allocate(1), Descriptors.AT_EMPTY_PATH, arena);
        }
    }

    /**
     * Returns the identity of the file at {@code path}, a C string. A symbolic link is not followed. Returns null if
     * there is no file, or the kernel does not tell its identity.
     */
    public static @Nullable FileIdentity of(MemorySegment path) {
        try (Arena arena = Arena.ofConfined()) {
            return of(Descriptors.AT_FDCWD, path, Descriptors.AT_SYMLINK_NOFOLLOW, arena);
        }
    }

    private static @Nullable FileIdentity of(int fd, MemorySegment path, int flags, Arena arena) {
        MemorySegment statx = arena.allocate(SIZE, Long.BYTES);
        if (Descriptors.statx(fd, path, flags, Descriptors.STATX_INO, statx) < 0) {
            return null;
        }
        long major = statx.get(ValueLayout.JAVA_INT, DEV_MAJOR);
        long minor = Integer.toUnsignedLong(statx.get(ValueLayout.JAVA_INT, DEV_MINOR));
        return new FileIdentity(major << 32 | minor, statx.get(ValueLayout.JAVA_LONG, INO));
    }
}
