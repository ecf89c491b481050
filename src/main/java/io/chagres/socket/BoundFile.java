package io.chagres.socket;

import io.chagres.sys.Descriptors;
import io.chagres.sys.Errno;
import io.chagres.sys.FileIdentity;
import io.chagres.sys.Memory;
import java.lang.foreign.MemorySegment;
import org.jspecify.annotations.Nullable;

/**
 * The socket file that a bind has made, and that the close removes: its path and its identity. Another process may have removed the
 * file and put its own file in that place. That file must not be touched.
 */
final class BoundFile {

    private final MemorySegment path;
    /** Null if the kernel did not say. */
    private final @Nullable FileIdentity identity;

    private BoundFile(MemorySegment path, @Nullable FileIdentity identity) {
        this.path = path;
        this.identity = identity;
    }

    /** Returns the path as a C string. It is made before the bind, so that a lack of memory leaves no file behind. */
    static MemorySegment path(String name) {
        return Memory.string(UnixName.encode(name));
    }

    /** Returns the file that is at {@code path} now. */
    static BoundFile at(MemorySegment path) {
        return new BoundFile(path, FileIdentity.of(path));
    }

    /** Returns whether the file at the path is still this one, as far as can be known. */
    private boolean isInPlace() {
        FileIdentity now = identity == null ? null : FileIdentity.of(path);
        return now == null || now.equals(identity);
    }

    /** Changes the mode of the file; returns 0 or -errno, which is ENOENT if another file has taken its place. */
    int chmod(int mode) {
        return isInPlace() ? Descriptors.chmod(path, mode) : -Errno.ENOENT;
    }

    /**
     * Removes the file, unless another file has taken its place. It must be called while the socket is open: until then the inode
     * number is not reused.
     */
    void unlink() {
        if (isInPlace()) {
            Descriptors.unlink(path);
        }
    }
}
