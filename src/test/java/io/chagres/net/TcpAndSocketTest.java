package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.PipePair;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import io.chagres.socket.Tcp;
import org.junit.jupiter.api.Test;

/** A handle on the one side, what is built on handles on the other. */
@ConnectionTest
class TcpAndSocketTest {

    private final Journal journal = new Journal();

    @Test
    @Covers("node:test-tcp-wrap-listen")
    void aSmallWriteIsNeverQueuedAndTheEndIsRead(Loop loop) {
        Tcp listener = TcpPair.listening(loop);
        listener.listen(128, _ -> {
            Tcp accepted = new Tcp(loop);
            listener.accept(accepted);
            accepted.readStart(TcpPair.reader(
                    bytes -> {
                        assertEquals(0, accepted.writeQueueSize());
                        accepted.write(bytes, PipePair.ok());
                        assertEquals(0, accepted.writeQueueSize());
                        journal.add("read " + Talk.text(bytes));
                    },
                    () -> {
                        journal.add("end");
                        listener.close();
                        accepted.close();
                    }));
        });
        Socket client = Local.connect(loop, listener.localAddress().port());
        SocketEvents.into(journal, "client ", client);
        client.onConnect(() -> client.end("hello world"));
        loop.run();
        assertEquals(1, journal.count("read hello world"));
        assertEquals(1, journal.count("end"));
        assertEquals(1, journal.count("client data hello world"));
        assertEquals(1, journal.count("client close false"));
    }

    @Test
    @Covers("node:test-tcp-wrap-connect")
    void aHandleThatShutsDownEndsTheSocket(Loop loop) {
        Server server = Net.createServer(loop);
        server.onConnection(socket -> {
            socket.resume();
            socket.onEnd(() -> {
                journal.add("end");
                socket.destroy();
                server.close();
            });
        });
        Tcp client = new Tcp(loop);
        client.connect(server.listen(0, Local.HOST).address(), connected -> {
            assertTrue(client.isReadable());
            assertTrue(client.isWritable());
            client.shutdown(shutDown -> {
                journal.add("connected " + connected + ", shut down " + shutDown);
                client.close();
            });
        });
        loop.run();
        journal.expect("connected null, shut down null", "end");
    }
}
