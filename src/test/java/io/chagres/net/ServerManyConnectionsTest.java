package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.ServerProcess;
import io.chagres.fixture.Waits;
import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** 15,000 connections at once, of another process: all are accepted, each echoes, and none costs more than it should. */
@ExtendWith(HangGuard.class)
@Timeout(100)
@Tag("host")
class ServerManyConnectionsTest {

    private static final int CONNECTIONS = 15_000;
    private static final int LIMIT = 20_000;
    private static final int DATUM = 7;
    private static final int BYTES_EACH = 600;
    /** So that references are of 4 bytes, however large the machine. */
    private static final String SMALL_HEAP = "-Xmx1g";

    /** The other process: connects so often, has an echo on each, reports it, and ends on request. */
    static final class Crowd {
        public static void main(String[] args) throws IOException {
            InetSocketAddress server = new InetSocketAddress("127.0.0.1", Integer.parseInt(args[0]));
            List<SocketChannel> connections = new ArrayList<>();
            for (int i = 0; i < CONNECTIONS; i++) {
                connections.add(SocketChannel.open(server));
            }
            ByteBuffer datum = ByteBuffer.allocateDirect(Integer.BYTES);
            int echoes = 0;
            for (SocketChannel connection : connections) {
                datum.clear().putInt(0, DATUM + echoes);
                connection.write(datum);
                datum.clear();
                connection.read(datum);
                echoes += datum.getInt(0) == DATUM + echoes ? 1 : 0;
            }
            System.out.println(echoes);
            System.in.read();
        }
    }

    @Test
    void fifteenThousandAreAcceptedAndEachEchoes() throws Exception {
        long hardLimit = hardLimit();
        assumeTrue(hardLimit >= LIMIT, "skipped: this user may have " + hardLimit + " descriptors a process");
        try (ServerProcess server = ServerProcess.start("ulimit -n " + LIMIT, SMALL_HEAP)) {
            long heapBefore = server.usedHeap();
            List<String> command = ForkedJvm.command(Crowd.class);
            command.add(String.valueOf(server.port()));
            Process crowd = Waits.limit(new ProcessBuilder(command).start());
            try (BufferedReader said = crowd.inputReader()) {
                assertEquals(String.valueOf(CONNECTIONS), said.readLine());
                assertEquals(CONNECTIONS, server.connections());
                long each = (server.usedHeap() - heapBefore) / CONNECTIONS;
                assertTrue(each <= BYTES_EACH, each + " bytes of heap for each idle connection");
            } finally {
                crowd.getOutputStream().close();
                Waits.exit(crowd);
                crowd.getErrorStream().close();
            }
            assertEquals("", server.errors());
        }
    }

    private static long hardLimit() throws IOException, InterruptedException {
        String limit = ForkedJvm.run(List.of("bash", "-c", "ulimit -Hn")).output();
        return limit.equals("unlimited") ? Long.MAX_VALUE : Long.parseLong(limit);
    }
}
