package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.Local;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Waits;
import io.chagres.handle.Handle;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.loop.Origins;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class SocketDumpTest {

    private static void assertMatches(String regex, String text) {
        assertTrue(Pattern.compile(regex).matcher(text).find(), () -> regex + " is not in " + text);
    }

    /** Runs a server with one connection that does not read, and a client that writes too much for it; returns a dump of then. */
    private static String dumpOfAStuckConnection(Loop loop) {
        List<String> dumps = new ArrayList<>();
        Server server = Net.createServer(loop, Socket::pause);
        server.listen(0, Local.HOST, () -> {
            Socket client = Local.connect(loop, server.address().port());
            client.write(ByteBuffer.allocate(20_000_000));
            Timer.every(loop, 5, () -> {
                String dump = loop.dump();
                if (server.connectionCount() == 1 && dump.contains("does not read")) {
                    dumps.add(dump);
                    client.destroy();
                    server.closeAllConnections();
                    server.close();
                    loop.stop();
                }
            });
        });
        loop.run();
        Handle.walk(loop, Handle::close);
        loop.run();
        return dumps.getFirst();
    }

    @Test
    @Tag("no-qemu")
    void aDumpNamesTheServerTheSocketsAndWhatTheyWaitFor(Loop loop) {
        String dump = dumpOfAStuckConnection(loop);
        String address = "127\\.0\\.0\\.1:\\d+";
        assertMatches(
                "  \\* Tcp \\(active, fd \\d+, listening, " + address + "\\)\n"
                        + "        accepts for Server \\(listening on " + address + ", 1 connection\\)"
                        + "; 0 of \\d+ connections wait to be accepted\n",
                dump);
        assertMatches(
                "Tcp \\(active, fd \\d+, \\d+ bytes to write, " + address + " -> " + address + "\\)\n"
                        + "        of Socket \\(open, \\d+ bytes to write, " + address + " -> " + address
                        + "\\); reads; ESTABLISHED; sent data [0-9.]+ s ago",
                dump);
        assertMatches(
                "    Tcp \\(inactive, fd \\d+, " + address + " -> " + address + "\\)\n"
                        + "        of Socket \\(open, paused, .*\\); does not read; ESTABLISHED; received data [0-9.]+ s ago",
                dump);
        assertFalse(dump.contains("made at"), dump);
    }

    @Test
    void anotherThreadSeesNoKernelStateOfALoopThatDoesNotRun(Loop loop) throws InterruptedException {
        Server server = Net.createServer(loop, socket -> {});
        server.listen(0, Local.HOST);
        String[] dump = new String[1];
        Thread other = Thread.ofPlatform().start(() -> dump[0] = loop.dump());
        Waits.join(other);
        assertTrue(dump[0].contains("accepts for Server"), dump[0]);
        assertFalse(dump[0].contains("wait to be accepted"), dump[0]);
        server.close();
        loop.run();
    }

    @Test
    void originsNameThePlaceInTheProgramThatMadeAHandle() {
        Origins.record(1);
        try (Loop loop = new Loop()) {
            String dump = dumpOfAStuckConnection(loop);
            assertMatches("        made at io\\.chagres\\.fixture\\.Local\\.connect\\(Local\\.java:\\d+\\)\n", dump);
        } finally {
            Origins.record(0);
        }
    }

    @Test
    void originsOfOneInFourHandlesAreRecorded() {
        Origins.record(4);
        try (Loop loop = new Loop()) {
            for (int i = 0; i < 8; i++) {
                new Timer(loop);
            }
            assertEquals(
                    2,
                    loop.dump().lines().filter(line -> line.contains("made at")).count());
        } finally {
            Origins.record(0);
        }
    }
}
