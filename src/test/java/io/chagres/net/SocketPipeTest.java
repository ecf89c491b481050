package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Gate;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import io.chagres.socket.SocketOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@ConnectionTest
class SocketPipeTest {

    private static final int NOISE = 3 << 20;
    private static final int SMALL_BUFFER = 10_000;

    private final Journal journal = new Journal();
    /** The sink is connected, and the first chunk has come. */
    private final Gate flowing = new Gate(2);

    @Test
    void aSocketPipedToItselfEchoesAndEnds(Loop loop) {
        int port = Local.once(loop, socket -> {
            SocketEvents.withoutData(journal, "", socket);
            assertSame(socket, socket.pipe(socket));
        });
        try (Peer<String> client = Peer.client(port, socket -> Talk.ask(socket, "hello"))) {
            loop.run();
            assertEquals("hello", client.result());
        }
        journal.expect("end", "finish", "close false");
    }

    @Test
    void aProxyPassesBothDirectionsOn(Loop loop) {
        byte[] request = Talk.noise(10, 3 << 20);
        byte[] reply = Talk.noise(11, 5 << 20);
        try (Peer<byte[]> server = Peer.server(socket -> {
            byte[] got = Talk.all(socket);
            Talk.send(socket, reply);
            return got;
        })) {
            int port = Local.once(loop, ServerOptions.defaults().allowHalfOpen(true), socket -> {
                SocketOptions options = SocketOptions.defaults().allowHalfOpen(true);
                Socket upstream = Net.connect(loop, options, ConnectOptions.to(Local.HOST, server.port()));
                socket.pipe(upstream).pipe(socket);
            });
            try (Peer<byte[]> client = Peer.client(port, socket -> {
                Talk.send(socket, request);
                socket.shutdownOutput();
                return Talk.all(socket);
            })) {
                loop.run();
                assertArrayEquals(reply, client.result());
            }
            assertArrayEquals(request, server.result());
        }
    }

    /** They read into the same memory, and each has to keep a part of it at a time, because the other end is not read yet. */
    @Test
    void pipesThatAreHeldBackKeepWhatTheyHaveReadAlready(Loop loop) {
        int count = 6;
        List<Gate> full = Stream.generate(Gate::new).limit(count).toList();
        List<Peer<byte[]>> ends = full.stream()
                .map(gate -> Peer.server(socket -> {
                    gate.await();
                    return Talk.all(socket);
                }))
                .toList();
        List<Peer<Void>> beginnings = new ArrayList<>();
        int[] arrived = {0};
        int port = Local.times(count, loop, ServerOptions.defaults(), socket -> {
            int at = arrived[0]++;
            Socket onward = Local.connect(loop, ends.get(at).port()).set(SocketOption.SO_SNDBUF, SMALL_BUFFER);
            socket.onPause(full.get(at)::open);
            onward.onConnect(() -> socket.pipe(onward));
            onward.resume();
        });
        for (int i = 0; i < count; i++) {
            byte[] noise = Talk.noise(i, NOISE + i);
            beginnings.add(Peer.client(port, socket -> {
                Talk.send(socket, noise);
                return null;
            }));
        }
        loop.run();
        List<byte[]> passed = ends.stream()
                .map(Peer::result)
                .sorted(Comparator.comparing(bytes -> bytes.length))
                .toList();
        for (int i = 0; i < count; i++) {
            assertArrayEquals(Talk.noise(i, NOISE + i), passed.get(i));
        }
        beginnings.forEach(Peer::close);
        ends.forEach(Peer::close);
    }

    /** Node's classic: a source that fails leaves its sink open, since only its end is passed on. */
    @Test
    @Covers("node:test-stream-pipe-error-handling")
    void aSourceThatIsResetLeavesItsSinkOpen(Loop loop) {
        try (Peer<String> sink = Peer.server(Talk::allText)) {
            int port = Local.once(loop, socket -> {
                Socket upstream = Local.connect(loop, sink.port());
                SocketEvents.withoutData(journal, "sink ", upstream);
                upstream.resume();
                socket.pipe(upstream);
                socket.onError(error -> journal.add("source " + error.getMessage()));
                socket.onClose(hadError -> {
                    assertTrue(upstream.isWritable());
                    upstream.end();
                });
                upstream.onConnect(flowing::open);
                socket.onData(chunk -> flowing.open());
            });
            try (Peer<Void> source = Peer.client(port, socket -> {
                Talk.send(socket, "hello");
                flowing.await();
                Talk.reset(socket);
                return null;
            })) {
                loop.run();
            }
            assertEquals("hello", sink.result());
        }
        journal.expect("sink connect", "source read ECONNRESET", "sink finish", "sink end", "sink close false");
    }
}
