package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.address.BlockList;
import io.chagres.address.Lookup;
import io.chagres.address.LookupOptions;
import io.chagres.address.SocketAddress;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.FlightRecording;
import io.chagres.fixture.Local;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import io.chagres.proxy.ProxyHeader;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The events of connections for JDK Flight Recorder: each field, on both sides, and for each way to end. */
@ConnectionTest
class ConnectionEventsTest {

    private static final String HOST = Local.HOST;

    private final AtomicReference<List<RecordedEvent>> recorded = new AtomicReference<>();

    private static RecordedEvent of(List<RecordedEvent> events, String side) {
        List<RecordedEvent> found = events.stream()
                .filter(event -> event.getString("side").equals(side))
                .toList();
        assertEquals(1, found.size(), events::toString);
        return found.getFirst();
    }

    /** Runs a server for one connection and its client; returns the events. */
    private static List<RecordedEvent> record(
            Loop loop, String event, Consumer<Socket> server, Consumer<Socket> client) {
        try (FlightRecording recording = FlightRecording.of(event)) {
            int port = Local.once(loop, server);
            Socket socket = Net.connect(loop, port, HOST);
            client.accept(socket);
            loop.run();
            return recording.stop();
        }
    }

    @Test
    void bothSidesRecordTheBeginOfAConnection(Loop loop) {
        List<RecordedEvent> events = record(
                loop,
                "ConnectionOpened",
                socket -> socket.resume().end(),
                client -> client.resume().end());
        assertEquals(2, events.size(), events::toString);
        RecordedEvent server = of(events, "server");
        RecordedEvent client = of(events, "client");
        assertEquals(HOST, server.getString("localAddress"));
        assertEquals(HOST, server.getString("remoteAddress"));
        assertEquals(client.getInt("remotePort"), server.getInt("localPort"));
        assertEquals(client.getInt("localPort"), server.getInt("remotePort"));
        assertTrue(server.getInt("descriptor") > 2);
    }

    @Test
    void theEventsNameTheClientOfALoadBalancer(Loop loop) {
        ProxyHeader header =
                ProxyHeader.of(new SocketAddress("192.0.2.7", 51234), new SocketAddress("203.0.113.1", 443));
        ServerOptions options = ServerOptions.defaults().proxyProtocol(ProxyProtocol.required());
        for (String event : List.of("ConnectionOpened", "ConnectionClosed")) {
            try (FlightRecording recording = FlightRecording.of(event)) {
                int port = Local.once(loop, options, socket -> socket.resume().end());
                Socket client = Net.connect(loop, ConnectOptions.to(HOST, port).proxyHeader(header));
                client.resume().end();
                loop.run();
                RecordedEvent server = of(recording.stop(), "server");
                assertEquals("192.0.2.7", server.getString("remoteAddress"));
                assertEquals(51234, server.getInt("remotePort"));
                assertEquals("203.0.113.1", server.getString("localAddress"));
                assertEquals(443, server.getInt("localPort"));
            }
        }
    }

    @Test
    void aRefusedHeaderIsARefusedAccept(Loop loop) {
        ServerOptions options =
                ServerOptions.defaults().proxyProtocol(ProxyProtocol.required().from("192.0.2.1"));
        try (FlightRecording recording = FlightRecording.of("AcceptRefused")) {
            Server server = Net.createServer(loop, options, socket -> {});
            server.onDrop(dropped -> server.close());
            int port = server.listen(0, HOST).address().port();
            Net.connect(loop, port, HOST).onError(error -> {}).resume();
            loop.run();
            List<RecordedEvent> events = recording.stop();
            assertEquals("PROXY_HEADER_UNTRUSTED", events.getFirst().getString("reason"));
            assertEquals(HOST, events.getFirst().getString("remoteAddress"));
        }
    }

    @Test
    @Tag("no-qemu")
    void theEndHasCountersAndTheSideThatEndedFirst(Loop loop) {
        List<RecordedEvent> events = record(
                loop,
                "ConnectionClosed",
                socket -> socket.onData(socket::write),
                client -> client.resume().end("hello"));
        RecordedEvent server = of(events, "server");
        RecordedEvent client = of(events, "client");
        assertEquals(5, server.getLong("bytesRead"));
        assertEquals(5, server.getLong("bytesWritten"));
        assertEquals(0, server.getLong("unsentBytes"));
        assertEquals("end", server.getString("reason"));
        assertEquals("peer", server.getString("endedBy"));
        assertEquals("this side", client.getString("endedBy"));
        assertEquals("end", client.getString("reason"));
        assertEquals(client.getInt("localPort"), server.getInt("remotePort"));
        assertEquals(HOST, client.getString("remoteAddress"));
        assertTrue(client.getDuration("lifetime").toSeconds() < 60);
    }

    @Test
    void aResetIsTheReasonOnBothSides(Loop loop) {
        List<RecordedEvent> events = record(
                loop,
                "ConnectionClosed",
                socket -> socket.onError(error -> {}).resume(),
                client -> client.onConnect(client::resetAndDestroy));
        assertEquals("reset", of(events, "client").getString("reason"));
        assertEquals("this side", of(events, "client").getString("endedBy"));
        assertEquals("ECONNRESET", of(events, "server").getString("reason"));
        assertEquals("reset by peer", of(events, "server").getString("endedBy"));
    }

    @Test
    void aConnectionThatLeavesItsSocketIsDetached(Loop loop) {
        List<RecordedEvent> events =
                record(loop, "ConnectionClosed", socket -> socket.detach().close(), client -> client.resume());
        assertEquals("detached", of(events, "server").getString("reason"));
        assertEquals(HOST, of(events, "server").getString("remoteAddress"));
    }

    @Test
    void aListenerForTheTimeoutThatDestroysGivesTheReason(Loop loop) {
        List<RecordedEvent> events = record(
                loop, "ConnectionClosed", socket -> socket.setTimeout(1, socket::destroy), client -> client.resume());
        assertEquals("idle timeout", of(events, "server").getString("reason"));
    }

    @Test
    void bytesThatWereNotSentAreCounted(Loop loop) {
        int size = 64 << 20;
        List<RecordedEvent> events = record(
                loop,
                "ConnectionClosed",
                socket -> socket.onError(error -> {}).resume(),
                client -> client.onConnect(() -> {
                    client.write(ByteBuffer.allocateDirect(size));
                    client.destroy();
                }));
        RecordedEvent client = of(events, "client");
        assertEquals("destroy", client.getString("reason"));
        assertEquals(size, client.getLong("bytesWritten"));
        assertTrue(client.getLong("unsentBytes") > 0, client::toString);
    }

    @Test
    @Tag("no-qemu")
    void anOpenConnectionIsRecordedAtTheEndOfTheRecording(Loop loop) {
        try (FlightRecording recording = FlightRecording.of("OpenConnection#period=endChunk")) {
            int port = Local.once(
                    loop,
                    socket -> socket.onData(data -> {
                        recorded.set(recording.stop()); // on the loop thread, which counts for itself
                        socket.destroy();
                    }));
            Net.connect(loop, port, HOST).resume().write("ping");
            loop.run();
        }
        List<RecordedEvent> events = recorded.get();
        assertEquals(2, events.size(), events::toString);
        RecordedEvent server = events.stream()
                .filter(event -> event.getLong("bytesReceived") == 4)
                .findFirst()
                .orElseThrow();
        RecordedEvent client = events.get(events.indexOf(server) == 0 ? 1 : 0);
        assertEquals(Thread.currentThread().getName(), server.getString("loop"));
        assertEquals(client.getInt("localPort"), server.getInt("remotePort"));
        assertEquals(HOST, server.getString("localAddress"));
        assertEquals("ESTABLISHED", server.getString("state"));
        assertTrue(server.getBoolean("reading"));
        assertEquals(0, server.getLong("unsentBytes"));
        assertTrue(server.getDuration("age").toSeconds() < 60, server::toString);
        assertTrue(server.getDuration("sinceReceived").toSeconds() < 60, server::toString);
        assertEquals(5, client.getLong("bytesAcknowledged"), "and the SYN");
    }

    @Test
    void aLoopOnAnotherThreadIsAskedThere() throws Exception {
        try (FlightRecording recording = FlightRecording.of("OpenConnection#period=endChunk")) {
            var listening = new CompletableFuture<Integer>();
            var accepted = new CompletableFuture<Integer>();
            try (var thread = Loop.start("census", other -> {
                        Server server = Net.createServer(other, socket -> accepted.complete(0));
                        server.listen(
                                0,
                                HOST,
                                () -> listening.complete(server.address().port()));
                    });
                    var peer = new java.net.Socket(HOST, Waits.get(listening))) {
                Waits.get(accepted);
                List<RecordedEvent> events = recording.stop();
                assertEquals(1, events.size(), events::toString);
                assertEquals("census", events.getFirst().getString("loop"));
                assertEquals("census", events.getFirst().getThread().getJavaName());
                assertEquals(peer.getLocalPort(), events.getFirst().getInt("remotePort"));
            }
        }
    }

    @Test
    void backpressureIsRecordedFromTheWriteToTheDrain(Loop loop) {
        List<RecordedEvent> events = record(
                loop,
                "Backpressure#threshold=0 ms",
                socket -> socket.resume(),
                client -> client.onConnect(() -> {
                    assertFalse(client.write(ByteBuffer.allocateDirect(16 << 20)));
                    client.onDrain(client::destroy);
                }));
        assertEquals(1, events.size(), events::toString);
        RecordedEvent event = events.getFirst();
        assertTrue(event.getBoolean("finished"));
        assertEquals("drain", event.getString("endedBy"));
        assertTrue(event.getLong("bytes") > 0, event::toString);
        assertEquals(HOST, event.getString("remoteAddress"));
        assertTrue(event.getInt("remotePort") > 0);
        assertTrue(event.getDuration().toNanos() > 0);
        assertNull(event.getString("sourceAddress"));
    }

    @Test
    void aPipeThatIsStuckIsRecordedWhileItWaits(Loop loop) {
        try (FlightRecording recording =
                FlightRecording.of("Backpressure#threshold=0 ms", "OpenConnection#period=endChunk")) {
            AtomicReference<Socket> sink = new AtomicReference<>();
            AtomicReference<Socket> lazy = new AtomicReference<>();
            int source = Local.times(2, loop, ServerOptions.defaults(), socket -> {
                if (sink.get() == null) {
                    sink.set(socket); // its client does not read
                } else {
                    socket.pipe(sink.get());
                    socket.onPause(() -> {
                        recorded.set(recording.stop());
                        socket.destroy();
                        sink.get().destroy();
                        lazy.get().destroy();
                    });
                }
            });
            lazy.set(Net.connect(loop, source, HOST)
                    .onError(error -> {})
                    .onConnect(() -> Net.connect(loop, source, HOST)
                            .onError(error -> {})
                            .resume()
                            .write(ByteBuffer.allocateDirect(64 << 20))));
            loop.run();
        }
        RecordedEvent stuck = recorded.get().stream()
                .filter(event -> event.getEventType().getName().endsWith("Backpressure"))
                .filter(event -> event.getString("sourceAddress") != null)
                .findFirst()
                .orElseThrow();
        assertFalse(stuck.getBoolean("finished"));
        assertNull(stuck.getString("endedBy"));
        assertTrue(stuck.getLong("bytes") > 0, stuck::toString);
        assertTrue(stuck.getInt("sourcePort") > 0, stuck::toString);
        assertEquals(HOST, stuck.getString("sourceAddress"));
    }

    @Test
    void connectionsThatAreTurnedAwayAreRecorded(Loop loop) {
        try (FlightRecording recording = FlightRecording.of("AcceptRefused")) {
            Server full = Net.createServer(loop, socket -> {}).setMaxConnections(0);
            BlockList blocked = new BlockList();
            blocked.addAddress(HOST);
            Server closed = Net.createServer(loop, ServerOptions.defaults().blockList(blocked), socket -> {});
            full.listen(0, HOST, () -> connectTo(loop, full));
            closed.listen(0, HOST, () -> connectTo(loop, closed));
            loop.run();
            List<RecordedEvent> events = recording.stop();
            assertEquals(
                    List.of("BLOCKED", "MAX_CONNECTIONS"),
                    events.stream()
                            .map(event -> event.getString("reason"))
                            .sorted()
                            .toList());
            for (RecordedEvent event : events) {
                assertEquals(HOST, event.getString("localAddress"));
                assertEquals(HOST, event.getString("remoteAddress"));
                assertTrue(event.getInt("localPort") > 0 && event.getInt("remotePort") > 0, event::toString);
            }
        }
    }

    private static void connectTo(Loop loop, Server server) {
        Net.connect(loop, server.address().port(), HOST)
                .onError(error -> {})
                .onClose(hadError -> server.close())
                .resume();
    }

    @Test
    void aLookupAndItsJobAreRecordedWithTheTimeInTheQueue(Loop loop) {
        try (FlightRecording recording = FlightRecording.of("Lookup", "Work")) {
            Lookup.address(loop, HOST, LookupOptions.defaults(), (found, error) -> {});
            Lookup.address(loop, "no such\0name", LookupOptions.defaults(), (found, error) -> {});
            loop.run();
            List<RecordedEvent> events = recording.stop();
            List<RecordedEvent> lookups = events.stream()
                    .filter(event -> event.getEventType().getName().equals("io.chagres.Lookup"))
                    .toList();
            assertEquals(2, lookups.size(), events::toString);
            RecordedEvent good = lookups.get(lookups.get(0).getString("host").equals(HOST) ? 0 : 1);
            RecordedEvent bad = lookups.get(lookups.get(0) == good ? 1 : 0);
            assertEquals("1 addresses", good.getString("result"));
            assertEquals("getaddrinfo", good.getString("function"));
            assertEquals("ENOTFOUND", bad.getString("result"));
            List<RecordedEvent> jobs = events.stream()
                    .filter(event -> event.getEventType().getName().equals("io.chagres.Work"))
                    .toList();
            assertEquals(2, jobs.size(), events::toString);
            for (RecordedEvent job : jobs) {
                assertEquals("lookups", job.getString("pool"));
                assertFalse(job.getBoolean("slow"));
                assertEquals(4, job.getInt("poolSize"));
                assertEquals("io.chagres.address.RecordedLookup", job.getString("job"));
                assertTrue(job.getThread().getJavaName().startsWith("chagres-lookup-"), job::toString);
                assertTrue(job.getDuration("queueTime").toNanos() > 0, job::toString);
            }
        }
    }

    @Test
    void nothingIsRecordedIfTheEventsAreOff(Loop loop) {
        List<RecordedEvent> events = record(
                loop,
                "AcceptRefused",
                socket -> socket.onData(socket::write),
                client -> client.resume().end("hello"));
        assertEquals(List.of(), events);
    }
}
