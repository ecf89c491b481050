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

/** Receive buffers and addresses of TCP connections: S3 of the conformance list. */
@ConnectionTest
class TcpReceiveBufferTest {

    private static final int SENT_BYTES = 8 << 20;

    @Test
    @Covers("S3")
    void connectionsOfOneListenerAreDistinguishedByTheirFourNumbers(Loop loop) {
        Tcp listener = TcpPair.listening(loop);
        Tcp[] clients = {new Tcp(loop), new Tcp(loop)};
        StringBuilder received = new StringBuilder();
        listener.listen(8, _ -> {
            Tcp accepted = new Tcp(loop);
            listener.accept(accepted);
            int port = accepted.remoteAddress().port();
            accepted.readStart(TcpPair.reader(
                    bytes -> received.append(Talk.text(bytes).equals("from " + port) ? "own " : "other "),
                    accepted::close));
        });
        for (Tcp client : clients) {
            client.connect(
                    listener.localAddress(),
                    error -> client.write(
                            Talk.buffer("from " + client.localAddress().port()), failed -> client.close()));
        }
        while (received.length() < 8) {
            loop.run(RunMode.ONCE);
        }
        listener.close();
        loop.run();
        assertEquals("own own ", received.toString());
    }

    /** The peer's kernel drops bytes that it has no room for. It does not acknowledge them, so the sender keeps them. */
    @Test
    @Covers("S3")
    void aFullReceiveBufferTakesNoMoreAndNothingIsLost(Loop loop) {
        TcpPair pair = TcpPair.connected(loop);
        pair.accepted().set(SocketOption.SO_RCVBUF, 16 * 1024);
        byte[] sent = new byte[SENT_BYTES];
        new Random(17).nextBytes(sent);
        pair.client().write(ByteBuffer.wrap(sent), error -> pair.client().close());
        loop.run(RunMode.NOWAIT);
        loop.run(RunMode.NOWAIT);
        assertTrue(pair.client().writeQueueSize() > 0);
        ByteBuffer got = ByteBuffer.allocate(SENT_BYTES);
        pair.accepted().readStart(TcpPair.reader(got::put, pair.accepted()::close));
        loop.run();
        assertEquals(ByteBuffer.wrap(sent), got.flip());
    }
}
