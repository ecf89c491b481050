package io.chagres.sys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DescriptorsTest extends SysTest {

    private static final int CREATE =
            Descriptors.O_WRONLY | Descriptors.O_CREAT | Descriptors.O_EXCL | Descriptors.O_CLOEXEC;

    @TempDir
    Path dir;

    @Test
    void bytesThatAreWrittenToAPipeAreRead() {
        int[] pipe = pipe();
        MemorySegment in = Memory.allocate(8);
        assertEquals(-Errno.EAGAIN, Descriptors.read(pipe[0], in, 8));
        assertEquals(3, Descriptors.write(pipe[1], Memory.string("abc"), 3));
        assertEquals(2, Descriptors.read(pipe[0], in, 2));
        assertEquals(1, Descriptors.read(pipe[0], in.asSlice(2), 6));
        assertArrayEquals("abc".getBytes(US_ASCII), bytes(in, 3));
        close(pipe[1]);
        assertEquals(0, Descriptors.read(pipe[0], in, 8));
    }

    @Test
    void severalBuffersAreWrittenInOneCall() {
        int[] pipe = pipe();
        MemorySegment vector = Memory.allocate(2L * IoVec.BYTES);
        MemorySegment ab = Memory.string("ab");
        MemorySegment c = Memory.string("c");
        IoVec.set(vector, 0, ab, 2);
        IoVec.set(vector, 1, c, 1);
        assertEquals(3, Descriptors.writev(pipe[1], vector, 2));
        MemorySegment in = Memory.allocate(8);
        assertEquals(3, Descriptors.read(pipe[0], in, 8));
        assertArrayEquals("abc".getBytes(US_ASCII), bytes(in, 3));
        assertEquals(-Errno.EINVAL, Descriptors.writev(pipe[1], vector, -1));
        close(pipe[0]);
        assertEquals(-Errno.EPIPE, Descriptors.writev(pipe[1], vector, 2));
        assertEquals(-Errno.EBADF, Descriptors.writev(closed(), vector, 2));
    }

    @Test
    void isattyKnowsATerminal() {
        assertEquals(-Errno.ENOTTY, Descriptors.isatty(pipe()[0]));
        assertEquals(-Errno.EBADF, Descriptors.isatty(closed()));
        int terminal = Descriptors.open(Memory.string("/dev/ptmx"), Descriptors.O_RDWR | Descriptors.O_CLOEXEC, 0);
        assumeTrue(terminal >= 0, "there are no terminals here");
        assertEquals(1, Descriptors.isatty(opened(terminal)));
    }

    @Test
    void aWriteToAPipeWithoutAReaderReturnsEpipe() {
        int[] pipe = pipe();
        close(pipe[0]);
        assertEquals(-Errno.EPIPE, Descriptors.write(pipe[1], Memory.string("abc"), 3));
    }

    @Test
    void aCountBeyondTheSegmentIsRefused() {
        int[] pipe = pipe();
        MemorySegment in = Memory.allocate(8);
        assertEquals(-Errno.EFAULT, Descriptors.write(pipe[1], in, 9));
        assertEquals(-Errno.EFAULT, Descriptors.read(pipe[0], in, 9));
        assertEquals(-Errno.EFAULT, Descriptors.read(pipe[0], in, -1));
    }

    @Test
    void aClosedDescriptorReturnsEbadf() {
        int fd = pipe()[0];
        close(fd);
        assertEquals(-Errno.EBADF, Descriptors.close(fd));
        assertEquals(-Errno.EBADF, Descriptors.read(fd, Memory.allocate(8), 8));
        assertEquals(-Errno.EBADF, Descriptors.write(fd, Memory.allocate(8), 8));
    }

    @Test
    void flagsAreSetAndRead() {
        int fd = pipe()[1];
        int flags = Descriptors.fcntl(fd, Descriptors.F_GETFL, 0);
        assertEquals(Descriptors.O_WRONLY, flags & Descriptors.O_ACCMODE);
        assertEquals(Descriptors.O_NONBLOCK, flags & Descriptors.O_NONBLOCK);
        assertEquals(0, Descriptors.fcntl(fd, Descriptors.F_SETFL, flags & ~Descriptors.O_NONBLOCK));
        assertEquals(flags & ~Descriptors.O_NONBLOCK, Descriptors.fcntl(fd, Descriptors.F_GETFL, 0));
        assertEquals(0, Descriptors.fcntl(fd, Descriptors.F_SETFD, 0));
        assertEquals(0, Descriptors.fcntl(fd, Descriptors.F_GETFD, 0));
        assertEquals(-Errno.EBADF, Descriptors.fcntl(closed(), Descriptors.F_GETFL, 0));
        assertEquals(-Errno.EINVAL, Descriptors.fcntl(fd, 9999, 0));
    }

    @Test
    void aDuplicateIsCloseOnExec() {
        int copy = opened(Descriptors.fcntl(pipe()[0], Descriptors.F_DUPFD_CLOEXEC, 100));
        assertTrue(copy >= 100);
        assertEquals(Descriptors.FD_CLOEXEC, Descriptors.fcntl(copy, Descriptors.F_GETFD, 0));
    }

    @Test
    void aBadFlagMakesNoPipe() {
        assertEquals(-Errno.EINVAL, Descriptors.pipe2(Memory.allocate(8), 1));
    }

    @Test
    void aFileIsCreatedWithItsMode() throws IOException {
        MemorySegment path = path("new");
        int fd = opened(Descriptors.open(path, CREATE, 0600));
        assertEquals(3, Descriptors.write(fd, Memory.string("abc"), 3));
        assertEquals("abc", Files.readString(dir.resolve("new")));
        assertEquals("rw-------", mode("new"));
        assertEquals(-Errno.EEXIST, Descriptors.open(path, CREATE, 0600));
    }

    @Test
    void theModeOfAFileIsChanged() throws IOException {
        int fd = opened(Descriptors.open(path("new"), CREATE, 0600));
        assertEquals(0, Descriptors.chmod(path("new"), 0640));
        assertEquals("rw-r-----", mode("new"));
        assertEquals(0, Descriptors.fchmod(fd, 0666));
        assertEquals("rw-rw-rw-", mode("new"));
        assertEquals(-Errno.ENOENT, Descriptors.chmod(path("none"), 0640));
        assertEquals(-Errno.EBADF, Descriptors.fchmod(closed(), 0640));
    }

    @Test
    void aFileIsUnlinked() {
        close(opened(Descriptors.open(path("new"), CREATE, 0600)));
        assertEquals(0, Descriptors.unlink(path("new")));
        assertEquals(-Errno.ENOENT, Descriptors.unlink(path("new")));
        assertEquals(-Errno.ENOENT, Descriptors.open(path("new"), Descriptors.O_RDONLY, 0));
    }

    @Test
    void theDirectoryFlagIsThisArchitectures() {
        int flags = Descriptors.O_RDONLY | Descriptors.O_DIRECTORY | Descriptors.O_CLOEXEC;
        opened(Descriptors.open(Memory.string(dir.toString()), flags, 0));
        close(opened(Descriptors.open(path("new"), CREATE, 0600)));
        assertEquals(-Errno.ENOTDIR, Descriptors.open(path("new"), flags, 0));
        assertEquals(0200000, Descriptors.directoryFlag("amd64"));
        assertEquals(040000, Descriptors.directoryFlag("aarch64"));
        assertEquals(0200000, Descriptors.directoryFlag("riscv64"));
    }

    private MemorySegment path(String name) {
        return Memory.string(dir.resolve(name).toString());
    }

    private String mode(String name) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(dir.resolve(name)));
    }
}
