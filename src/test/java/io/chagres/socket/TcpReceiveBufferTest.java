package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.nio.ByteBuffer;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** What the kernel does with segments, seen from this floor. */
@ConnectionTest
class TcpReceiveBufferTest {

    private static final int MUCH = 8 << 20;

    @Test
    @Covers("S3")
    void connectionsOfOneListenerAreToldApartByTheirFourNumbers(Loop loop) {
        Tcp listener = TcpPair.listening(loop);
        Tcp[] clients = {new Tcp(loop), new Tcp(loop)};
        StringBuilder heard = new StringBuilder();
        listener.listen(8, _ -> {
            Tcp accepted = new Tcp(loop);
            listener.accept(accepted);
            int port = accepted.remoteAddress().port();
            accepted.readStart(TcpPair.reader(
                    bytes -> heard.append(Talk.text(bytes).equals("from " + port) ? "own " : "other "),
                    accepted::close));
        });
        for (Tcp client : clients) {
            client.connect(
                    listener.localAddress(),
                    error -> client.write(
                            Talk.buffer("from " + client.localAddress().port()), failed -> client.close()));
        }
        while (heard.length() < 8) {
            loop.run(RunMode.ONCE);
        }
        listener.close();
        loop.run();
        assertEquals("own own ", heard.toString());
    }

    /** The peer's kernel drops what it has no room for, and so does not acknowledge it: the sender keeps it. */
    @Test
    @Covers("S3")
    void withoutRoomNoMoreIsAcceptedAndNothingOfItIsLost(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        pair.accepted().set(SocketOption.SO_RCVBUF, 16 * 1024);
        byte[] sent = new byte[MUCH];
        new Random(17).nextBytes(sent);
        pair.client().write(ByteBuffer.wrap(sent), error -> pair.client().close());
        loop.run(RunMode.NOWAIT);
        loop.run(RunMode.NOWAIT);
        assertTrue(pair.client().writeQueueSize() > 0);
        ByteBuffer got = ByteBuffer.allocate(MUCH);
        pair.accepted().readStart(TcpPair.reader(got::put, pair.accepted()::close));
        loop.run();
        assertEquals(ByteBuffer.wrap(sent), got.flip());
    }
}
