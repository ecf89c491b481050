package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.ManualClock;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A hundred thousand listeners of a socket or server; a cost that grew with the square would take minutes. */
@ConnectionTest
@Timeout(50)
class SocketManyListenersTest {

    private static final int MANY = 100_000;

    private int count;

    @Test
    void allThatListenOnceToATimeoutAreCalledOnce(Loop loop, ManualClock clock) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket socket = Net.connect(loop, server.port());
            for (int i = 0; i < MANY; i++) {
                socket.setTimeout(100, () -> count++);
            }
            socket.onTimeout(socket::end);
            loop.run();
        }
        assertEquals(MANY, count);
    }

    @Test
    void oneThatListensOnceCanBeTakenOffAmongMany(Loop loop, ManualClock clock) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket socket = Net.connect(loop, server.port());
            List<Runnable> listeners = new ArrayList<>();
            for (int i = 0; i < MANY; i++) {
                int mine = i;
                listeners.add(() -> count += mine);
                socket.setTimeout(100, listeners.getLast());
            }
            Collections.shuffle(listeners, new Random(1));
            listeners.subList(1, MANY).forEach(listener -> socket.setTimeout(0, listener));
            socket.setTimeout(100).onTimeout(socket::end);
            loop.run();
            int once = count;
            listeners.getFirst().run();
            assertEquals(2 * once, count);
        }
    }

    @Test
    void allThatListenToAConnectAndACloseAreCalled(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket socket = Net.connect(loop, server.port());
            for (int i = 0; i < MANY; i++) {
                socket.onConnect(() -> count++);
                socket.onClose(hadError -> count++);
            }
            socket.onConnect(socket::end);
            loop.run();
        }
        assertEquals(2 * MANY, count);
    }

    @Test
    void allThatCloseAServerAreCalled(Loop loop) {
        Server server = Net.createServer(loop, socket -> {});
        server.listen(0);
        for (int i = 0; i < MANY; i++) {
            server.close(error -> count++);
        }
        loop.run();
        assertEquals(MANY, count);
    }
}
