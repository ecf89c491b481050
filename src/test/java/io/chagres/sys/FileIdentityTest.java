package io.chagres.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.chagres.fixture.HangGuard;
import java.lang.foreign.MemorySegment;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(HangGuard.class)
class FileIdentityTest {

    @TempDir
    private Path folder;

    private static MemorySegment string(Path path) {
        return Memory.string(path.toString());
    }

    @Test
    void anIdentityHasTheNumbersThatTheJdkReads() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        FileIdentity identity = FileIdentity.of(string(file));
        assertEquals((long) Files.getAttribute(file, "unix:ino"), identity.inode());
        long device = (long) Files.getAttribute(file, "unix:dev");
        assertEquals(device >>> 8 & 0xfff | device >>> 32 & ~0xfff, identity.device() >>> 32);
        assertEquals(device & 0xff | device >>> 12 & ~0xff, identity.device() & 0xffff_ffffL);
    }

    @Test
    void aDescriptorAndItsPathAreTheSameFileAndTwoPathsAreTwo() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        Path other = Files.createFile(folder.resolve("other"));
        int fd = Descriptors.open(string(file), Descriptors.O_RDONLY | Descriptors.O_CLOEXEC, 0);
        assertEquals(FileIdentity.of(string(file)), FileIdentity.of(fd));
        assertNotEquals(FileIdentity.of(string(other)), FileIdentity.of(fd));
        Descriptors.close(fd);
    }

    @Test
    void aSymbolicLinkIsAFileOfItsOwn() throws Exception {
        Path file = Files.createFile(folder.resolve("file"));
        Path link = Files.createSymbolicLink(folder.resolve("link"), file);
        assertNotEquals(FileIdentity.of(string(file)), FileIdentity.of(string(link)));
    }

    @Test
    void aMissingFileHasNoIdentity() {
        assertNull(FileIdentity.of(string(folder.resolve("none"))));
        assertNull(FileIdentity.of(-1));
        MemorySegment room = Memory.allocate(256);
        assertEquals(
                -Errno.ENOENT,
                Descriptors.statx(
                        Descriptors.AT_FDCWD, string(folder.resolve("none")), 0, Descriptors.STATX_INO, room));
        assertEquals(
                -Errno.EBADF,
                Descriptors.statx(-1, Memory.string(""), Descriptors.AT_EMPTY_PATH, Descriptors.STATX_INO, room));
    }
}
