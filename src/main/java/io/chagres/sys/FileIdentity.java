package io.chagres.sys;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The file, socket or device behind a descriptor or a path: no other that exists at the same time has the same two numbers.
 *
 * <p>It is read from statx(2), {@code <linux/stat.h>}, whose struct is the same on every architecture:
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
 * @param device the device that it is on, major number first
 * @param inode its number there
 */
public record FileIdentity(long device, long inode) {

    private static final long SIZE = 256;
    private static final long INO = 32;
    private static final long DEV_MAJOR = 136;
    private static final long DEV_MINOR = 140;

    /** What is behind {@code fd}; null if the kernel does not say. */
    public static FileIdentity of(int fd) {
        try (Arena arena = Arena.ofConfined()) {
            return of(fd, arena.allocate(1), Descriptors.AT_EMPTY_PATH, arena);
        }
    }

    /** What is at {@code path}, a C string, itself if it is a symbolic link; null if there is nothing, or the kernel does not say. */
    public static FileIdentity of(MemorySegment path) {
        try (Arena arena = Arena.ofConfined()) {
            return of(Descriptors.AT_FDCWD, path, Descriptors.AT_SYMLINK_NOFOLLOW, arena);
        }
    }

    private static FileIdentity of(int fd, MemorySegment path, int flags, Arena arena) {
        MemorySegment statx = arena.allocate(SIZE, Long.BYTES);
        if (Descriptors.statx(fd, path, flags, Descriptors.STATX_INO, statx) < 0) {
            return null;
        }
        long major = statx.get(ValueLayout.JAVA_INT, DEV_MAJOR);
        long minor = Integer.toUnsignedLong(statx.get(ValueLayout.JAVA_INT, DEV_MINOR));
        return new FileIdentity(major << 32 | minor, statx.get(ValueLayout.JAVA_LONG, INO));
    }
}
