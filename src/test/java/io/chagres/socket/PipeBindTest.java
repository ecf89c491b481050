package io.chagres.socket;

import static io.chagres.fixture.PipePair.assertCode;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.SystemException;
import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.loop.Loop;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Names that a pipe is bound to, and the socket files of {@link Pipe#bind}. */
@ConnectionTest
class PipeBindTest {

    private static final int MAX_PATH = 107;

    @TempDir
    private Path folder;

    private Pipe pipe;

    @Test
    @Covers("libuv:pipe_bind_error_addrinuse")
    void bindThrowsEaddrinuseForANameInUseAndBindsNothing(Loop loop) {
        pipe = bound(loop, path());
        Pipe second = new Pipe(loop);
        SystemException refused = assertThrows(SystemException.class, () -> second.bind(path()));
        assertEquals("bind EADDRINUSE: address already in use", refused.getMessage());
        assertEquals(-1, second.fd());
        assertCode("EINVAL", () -> second.listen(128, _ -> {}));
        second.close();
        loop.run();
        assertTrue(Files.exists(Path.of(path())), "the file of the first pipe must stay");
        end(loop);
    }

    @Test
    @Covers("libuv:pipe_bind_error_addrnotavail")
    void bindInADirectoryThatDoesNotExistThrowsEacces(Loop loop) {
        pipe = new Pipe(loop);
        SystemException refused = assertThrows(
                SystemException.class,
                () -> pipe.bind(folder.resolve("no/such/folder").toString()));
        assertEquals("EACCES", refused.code());
        assertEquals("bind EACCES: permission denied (its directory does not exist)", refused.getMessage());
        assertCode("EADDRINUSE", () -> pipe.bind(folder.toString()));
        end(loop);
    }

    @Test
    @Covers("libuv:pipe_bind_error_inval")
    void aSecondBindOfAPipeIsRefused(Loop loop) {
        pipe = bound(loop, path());
        assertCode("EINVAL", () -> pipe.bind(path() + "2"));
        assertFalse(Files.exists(Path.of(path() + "2")));
        end(loop);
    }

    @Test
    @Covers("libuv:pipe_listen_without_bind")
    void aPipeThatIsNotBoundCannotListen(Loop loop) {
        pipe = new Pipe(loop);
        assertCode("EINVAL", () -> pipe.listen(128, _ -> {}));
        end(loop);
    }

    @Test
    void aPipeForIpcCannotListen(Loop loop) {
        pipe = new Pipe(loop, true);
        pipe.bind(path());
        assertCode("EINVAL", () -> pipe.listen(128, _ -> {}));
        end(loop);
    }

    @Test
    @Covers("libuv:pipe_bind_or_listen_error_after_close")
    void aClosedPipeCannotBindListenOrConnect(Loop loop) {
        pipe = new Pipe(loop);
        pipe.close();
        assertCode("EINVAL", () -> pipe.bind(path()));
        assertCode("EINVAL", () -> pipe.listen(128, _ -> {}));
        assertCode("EINVAL", () -> pipe.connect(path(), error -> {}));
        loop.run();
    }

    @Test
    @Covers("libuv:pipe_overlong_path")
    void aPathThatIsTooLongIsRefusedAndNeverCut(Loop loop) {
        pipe = new Pipe(loop);
        for (String name :
                new String[] {"@".repeat(512), "@".repeat(MAX_PATH + 1), "\0" + "@".repeat(108), "ü".repeat(54)}) {
            assertCode("EINVAL", () -> pipe.bind(name));
            assertCode(
                    "EINVAL",
                    () -> pipe.connect(name, error -> {
                        throw new AssertionError("a call that throws must not call its callback");
                    }));
        }
        assertCode("EINVAL", () -> pipe.connect("", error -> {}));
        assertEquals(-1, pipe.fd());
        end(loop);
    }

    @Test
    void aPathOfTheMaximumLengthIsBound(Loop loop) {
        pipe = new Pipe(loop);
        String longest = folder + "/" + "x".repeat(MAX_PATH - folder.toString().length() - 1);
        pipe.bind(longest);
        assertEquals(longest, pipe.localName());
        end(loop);
    }

    @Test
    void aPathWithANulAndAMissingNameAreRefused(Loop loop) {
        pipe = new Pipe(loop);
        assertCode("EINVAL", () -> pipe.bind(folder + "/a\0b"));
        assertCode("EINVAL", () -> pipe.connect("a\0", error -> {}));
        assertCode("EINVAL", () -> pipe.bind(null));
        assertCode("EINVAL", () -> pipe.connect(null, error -> {}));
        assertCode("EINVAL", () -> pipe.connect(path(), null));
        assertThrows(UsageException.class, () -> pipe.bind("\uD800 is no character"));
        end(loop);
    }

    @Test
    void closeRemovesTheFileThatBindMade(Loop loop) {
        pipe = bound(loop, path());
        assertTrue(Files.exists(Path.of(path())));
        pipe.close();
        assertFalse(Files.exists(Path.of(path())));
        Pipe next = bound(loop, path());
        next.close();
        loop.run();
    }

    /** The file of a server that was killed must be removed by its user: bind can't know that no process listens there. */
    @Test
    void bindThrowsEaddrinuseForAnyExistingFile(Loop loop) throws Exception {
        Files.createFile(Path.of(path()));
        pipe = new Pipe(loop);
        assertCode("EADDRINUSE", () -> pipe.bind(path()));
        end(loop);
        assertTrue(Files.exists(Path.of(path())), "close must not remove a file that bind did not make");
    }

    @Test
    void pathsAreUtf8(Loop loop) {
        pipe = bound(loop, folder + "/über 💧");
        assertEquals(folder + "/über 💧", pipe.localName());
        end(loop);
        assertEquals(0, folder.toFile().list().length);
    }

    private String path() {
        return folder.resolve("socket").toString();
    }

    private static Pipe bound(Loop loop, String path) {
        Pipe bound = new Pipe(loop);
        bound.bind(path);
        return bound;
    }

    private void end(Loop loop) {
        pipe.close();
        loop.run();
    }
}
