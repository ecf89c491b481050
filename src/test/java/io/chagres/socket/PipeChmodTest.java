package io.chagres.socket;

import static io.chagres.fixture.PipePair.assertCode;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Program;
import io.chagres.loop.Loop;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Memory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Modes of socket files and FIFOs: {@link Pipe#chmod}. */
@ConnectionTest
class PipeChmodTest {

    @TempDir
    private Path folder;

    @Test
    @Covers("libuv:pipe_set_chmod")
    void chmodChangesTheModeOfTheSocketFile(Loop loop) throws Exception {
        Path path = folder.resolve("socket");
        Pipe pipe = new Pipe(loop);
        assertCode("EBADF", () -> pipe.chmod(true, true));
        pipe.bind(path.toString());
        pipe.chmod(true, false);
        assertEquals("rwxr--r--", mode(path));
        pipe.chmod(false, true);
        assertEquals("rwx-w--w-", mode(path));
        pipe.chmod(true, true);
        assertEquals("rwxrw-rw-", mode(path));
        assertCode("EINVAL", () -> pipe.chmod(false, false));
        assertEquals("rwxrw-rw-", mode(path));
        pipe.close();
        assertCode("EBADF", () -> pipe.chmod(true, true));
        loop.run();
    }

    @Test
    void chmodThrowsEnoentIfTheSocketFileIsGone(Loop loop) throws Exception {
        Path path = folder.resolve("socket");
        Pipe pipe = new Pipe(loop);
        pipe.bind(path.toString());
        Files.delete(path);
        assertCode("ENOENT", () -> pipe.chmod(true, true));
        pipe.close();
        loop.run();
    }

    @Test
    void chmodOfAnAbstractNameSucceedsWithoutAFile(Loop loop) {
        Pipe pipe = new Pipe(loop);
        pipe.bind("");
        pipe.chmod(true, true);
        pipe.close();
        loop.run();
    }

    @Test
    @Tag("host")
    void chmodOfAFifoChangesTheModeOfItsFile(Loop loop) throws Exception {
        Path path = folder.resolve("fifo");
        Program.run("mkfifo", path.toString());
        Pipe pipe = new Pipe(loop);
        int flags = Descriptors.O_RDWR | Descriptors.O_CLOEXEC;
        pipe.open(Descriptors.open(Memory.string(path.toString()), flags, 0));
        pipe.chmod(true, true);
        assertEquals("rwxrw-rw-", mode(path));
        pipe.close();
        loop.run();
        assertTrue(Files.exists(path));
    }

    private static String mode(Path path) throws Exception {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }
}
