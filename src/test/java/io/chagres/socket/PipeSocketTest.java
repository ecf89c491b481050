package io.chagres.socket;

import static io.chagres.fixture.PipePair.assertCode;
import static io.chagres.fixture.PipePair.ok;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.Journal;
import io.chagres.fixture.PipePair;
import io.chagres.fixture.Program;
import io.chagres.fixture.Talk;
import io.chagres.fixture.UnixPeer;
import io.chagres.loop.Loop;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Connected Unix sockets: bytes, shutdown, close, credentials. */
@ConnectionTest
class PipeSocketTest {

    @TempDir
    private Path folder;

    private final Journal journal = new Journal();

    @Test
    void aLongConversationArrivesByteForByte(Loop loop) {
        byte[] noise = Talk.noise(7, 8 << 20);
        Path path = folder.resolve("socket");
        try (UnixPeer<Void> server = UnixPeer.server(path, UnixPeer::echo)) {
            Pipe client = new Pipe(loop);
            client.connect(path.toString(), ok());
            client.write(ByteBuffer.wrap(noise), ok());
            client.shutdown(ok());
            ByteArrayOutputStream[] got = new ByteArrayOutputStream[1];
            got[0] = PipePair.collect(client);
            loop.run();
            assertArrayEquals(noise, got[0].toByteArray());
        }
    }

    @Test
    @Tag("host")
    void netcatTalksToAServer(Loop loop) throws Exception {
        Path path = folder.resolve("socket");
        ByteArrayOutputStream[] got = new ByteArrayOutputStream[1];
        Pipe[] server = new Pipe[1];
        server[0] = PipePair.listening(loop, path, _ -> {
            Pipe accepted = PipePair.accept(server[0]);
            accepted.write(Talk.buffer("to netcat"), ok());
            accepted.shutdown(ok());
            got[0] = PipePair.collect(accepted);
            server[0].close();
        });
        try (Program nc = Program.start("nc", "-N", "-U", path.toString())) {
            loop.run();
            assertEquals("to netcat", nc.result());
        } finally {
            server[0].close();
            loop.run();
        }
        assertEquals(0, got[0].size());
    }

    @Test
    @Covers("libuv:shutdown_close_pipe")
    void aShutdownFollowedByACloseCompletesOnceBeforeTheClose(Loop loop) {
        PipePair pair = PipePair.of(loop, false);
        pair.one().shutdown(error -> journal.add("shutdown " + (error == null ? "ok" : error.code())));
        pair.one().close(journal.note("close"));
        pair.other().close();
        loop.run();
        journal.expect("shutdown ECANCELED", "close");
    }

    @Test
    void aShutdownMadeInTheConnectCallbackCompletesBeforeTheClose(Loop loop) {
        Path path = folder.resolve("socket");
        try (UnixPeer<byte[]> server = UnixPeer.server(path, UnixPeer::all)) {
            Pipe client = new Pipe(loop);
            client.connect(path.toString(), error -> {
                client.shutdown(failed -> {
                    journal.add("shutdown " + failed);
                    client.close(journal.note("close"));
                });
            });
            loop.run();
        }
        journal.expect("shutdown null", "close");
    }

    @Test
    @Covers("libuv:ipc_send_zero")
    void aWriteOfNothingSucceedsAndThePeerSeesNothing(Loop loop) {
        for (boolean ipc : new boolean[] {false, true}) {
            PipePair pair = PipePair.of(loop, ipc);
            ByteArrayOutputStream got = PipePair.collect(pair.other());
            pair.one().write(ByteBuffer.allocate(0), error -> {
                journal.add("written " + error);
                pair.one().close();
            });
            loop.run();
            journal.expect("written null");
            assertEquals(0, got.size());
        }
    }

    @Test
    void thePeersCredentialsAreThoseOfItsProcess(Loop loop) throws Exception {
        int pid = (int) ProcessHandle.current().pid();
        int uid = (int) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        int gid = (int) Files.getAttribute(Path.of("/proc/self"), "unix:gid");
        Pipe fresh = new Pipe(loop);
        assertCode("EBADF", fresh::peerCredentials);
        fresh.bind("");
        assertCode("ENOTCONN", fresh::peerCredentials);
        PipePair pair = PipePair.of(loop, false);
        assertEquals(new PeerCredentials(pid, uid, gid), pair.one().peerCredentials());
        pair.close();
        PipePair ends = PipePair.ends(loop);
        assertCode("ENOTSOCK", ends.one()::peerCredentials);
        assertCode("ENOTSOCK", ends.one()::localName);
        ends.close();
        fresh.close();
        loop.run();
    }

    @Test
    @Tag("host")
    void thePeersCredentialsOfAnotherProcessHaveItsPid(Loop loop) throws Exception {
        Path path = folder.resolve("socket");
        Pipe[] server = new Pipe[1];
        server[0] = PipePair.listening(loop, path, _ -> {
            Pipe accepted = PipePair.accept(server[0]);
            journal.add(String.valueOf(accepted.peerCredentials().pid()));
            accepted.close();
            server[0].close();
        });
        String script =
                "import os,socket,sys; s=socket.socket(1); s.connect(sys.argv[1]); print(os.getpid()); s.recv(1)";
        try (Program client = Program.python(script, path.toString())) {
            loop.run();
            journal.expect(client.result());
        } finally {
            server[0].close();
            loop.run();
        }
    }

    @Test
    @Tag("host")
    void aMessageAllocatesNoRequestBufferOrCopy() throws Exception {
        assertEquals(new ForkedJvm.Outcome(0, ""), ForkedJvm.run(PipeGarbage.class));
    }
}
