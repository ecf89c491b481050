package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import io.chagres.conformance.Covers;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Program;
import io.chagres.fixture.Talk;
import io.chagres.fixture.UnixPeer;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

@ExtendWith(HangGuard.class)
class UnixEchoTest {

    @TempDir
    Path folder;

    @Test
    @Covers("S72")
    void theServerEchoesAtAPathAndRemovesItAtTheEnd() throws Exception {
        Path path = folder.resolve("echo.sock");
        try (ExampleProcess server = ExampleProcess.start("UnixEcho", path.toString())) {
            assertEquals("listening on " + path, server.nextLine());
            byte[] noise = Talk.noise(9, 100_000);
            try (UnixPeer<byte[]> client = UnixPeer.client(path, channel -> {
                channel.write(ByteBuffer.wrap(noise));
                channel.shutdownOutput();
                return UnixPeer.all(channel);
            })) {
                assertArrayEquals(noise, client.result());
            }
            server.signal("TERM");
            assertEquals(0, server.exitStatus());
            assertFalse(Files.exists(path));
        }
    }

    @Test
    void theServerEchoesToNetcat() throws Exception {
        Path path = folder.resolve("echo.sock");
        try (ExampleProcess server = ExampleProcess.start("UnixEcho", path.toString())) {
            assertEquals("listening on " + path, server.nextLine());
            assertEquals("hello", Program.runWith("hello", "nc", "-N", "-U", path.toString()));
            server.assertExits();
        }
    }
}
