package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Local;
import io.chagres.fixture.ServerProcess;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** A server process that is killed, instead of ending gracefully. */
@ConnectionTest
@Tag("host")
class SocketOfKilledServerTest {

    private static final int MUCH = 64 << 20;

    private Socket client;
    private ChagresException error;
    private boolean closed;

    @Test
    @Covers({"S115", "node:test-net-child-process-connect-reset"})
    void theRequestsUnderWayAreAborted(Loop loop) throws Exception {
        try (ServerProcess server = ServerProcess.start(":")) {
            ProcessHandle process = ProcessHandle.of(server.pid()).orElseThrow();
            client = Net.connect(
                    loop,
                    SocketOptions.defaults()
                            .onRead(
                                    ByteBuffer.allocate(64 * 1024),
                                    (socket, buffer, count) -> process.destroyForcibly()),
                    ConnectOptions.to(Local.HOST, server.port()));
            client.write(new byte[MUCH]); // so that the echo is under way when the first of it comes
            client.onError(broken -> error = broken);
            client.onClose(hadError -> closed = true);
            loop.run();
        }
        assertTrue(closed);
        assertTrue(client.bytesRead() < MUCH, "the echo came whole");
        assertTrue(error != null && Set.of("ECONNRESET", "EPIPE").contains(error.code()), () -> "was: " + error);
    }
}
