package io.chagres.socket;

import static io.chagres.fixture.PipePair.assertCode;
import static io.chagres.fixture.PipePair.ok;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.PipePair;
import io.chagres.fixture.Program;
import io.chagres.loop.Loop;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Random;
import java.util.function.Consumer;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The names of Unix sockets: paths, abstract names, names that the kernel chooses, and none. */
@ConnectionTest
class PipeNameTest {

    @TempDir
    private Path folder;

    @Test
    @Covers("libuv:pipe_getsockname")
    void aServerHasAPathAndItsClientHasNoName(Loop loop) {
        String path = folder.resolve("socket").toString();
        Pipe server = new Pipe(loop);
        assertCode("EBADF", server::localName);
        assertCode("EBADF", server::remoteName);
        server.bind(path);
        assertEquals(path, server.localName());
        assertCode("ENOTCONN", server::remoteName);
        meet(
                loop,
                server,
                path,
                client -> {
                    assertEquals("", client.localName());
                    assertEquals(path, client.remoteName());
                },
                accepted -> {
                    assertEquals(path, accepted.localName());
                    assertEquals("", accepted.remoteName());
                });
        assertCode("EBADF", server::localName);
    }

    @Test
    @Covers("libuv:pipe_getsockname_abstract")
    void anAbstractNameMayHaveNulsAndNeedsNoFile(Loop loop) {
        String name = "\0chagres\0" + ProcessHandle.current().pid() + "\0\0" + "x".repeat(30);
        Pipe server = new Pipe(loop);
        server.bind(name);
        assertEquals(name, server.localName());
        meet(loop, server, name, client -> assertEquals(name, client.remoteName()), accepted -> {});
    }

    @Test
    @Covers("libuv:pipe_getsockname_autobind")
    void theKernelChoosesANameForAnEmptyOne(Loop loop) {
        Pipe server = new Pipe(loop);
        server.bind("");
        String name = server.localName();
        assertTrue(name.matches("\0[0-9a-f]{5}"), name);
        meet(loop, server, name, client -> assertEquals(name, client.remoteName()), accepted -> {});
    }

    /** Listens under {@code name}, connects to it, and checks both ends. */
    private static void meet(Loop loop, Pipe server, String name, Consumer<Pipe> atClient, Consumer<Pipe> atServer) {
        int[] met = {0};
        Pipe client = new Pipe(loop);
        server.listen(1, _ -> {
            Pipe accepted = PipePair.accept(server);
            atServer.accept(accepted);
            accepted.close();
            server.close();
            met[0]++;
        });
        client.connect(name, error -> {
            ok().onComplete(error);
            atClient.accept(client);
            client.close();
            met[0]++;
        });
        loop.run();
        assertEquals(2, met[0]);
    }

    @Test
    @Tag("host")
    void aNameThatIsNotUtf8StaysTheSameByteForByte(Loop loop) throws Exception {
        String script = """
            import os, socket, sys
            client = socket.socket(socket.AF_UNIX)
            client.bind(b'\\0client \\xff\\xc3' + sys.argv[1].encode())
            client.connect(b'\\0server \\x80\\xfe' + sys.argv[1].encode())
            print(client.getpeername() == b'\\0server \\x80\\xfe' + sys.argv[1].encode())
            """;
        String own = String.valueOf(ProcessHandle.current().pid());
        String name = "\0server \uDC80\uDCFE" + own;
        Pipe server = new Pipe(loop);
        server.bind(name);
        assertEquals(name, server.localName());
        server.listen(1, _ -> {
            Pipe accepted = PipePair.accept(server);
            assertEquals("\0client \uDCFF\uDCC3" + own, accepted.remoteName());
            accepted.close();
            server.close();
        });
        try (Program client = Program.python(script, own)) {
            loop.run();
            assertEquals("True", client.result());
        } finally {
            server.close();
            loop.run();
        }
    }

    @Test
    void anyBytesSurviveTheWayThroughAString() {
        long seed = Long.getLong("chagres.seed", System.nanoTime());
        System.out.println("PipeNameTest: -Dchagres.seed=" + seed);
        Random random = new Random(seed);
        for (int i = 0; i < 10_000; i++) {
            byte[] name = new byte[random.nextInt(20)];
            random.nextBytes(name);
            assertArrayEquals(name, UnixName.encode(UnixName.decode(name)), () -> "seed " + seed);
        }
    }

    @Test
    void encodeAndDecodeKeepUtf8AndRefuseOtherLoneSurrogates() {
        String text = "a\0ü€💧\uFFFD";
        assertArrayEquals(text.getBytes(StandardCharsets.UTF_8), UnixName.encode(text));
        assertEquals(text, UnixName.decode(text.getBytes(StandardCharsets.UTF_8)));
        assertEquals("", UnixName.decode(new byte[0]));
        for (String wrong : new String[] {"\uD800", "x\uDC00", "\uDC7F", "\uDD00", "\uD83D"}) {
            assertEquals(
                    "EINVAL",
                    assertThrows(UsageException.class, () -> UnixName.encode(wrong))
                            .code());
        }
    }
}
