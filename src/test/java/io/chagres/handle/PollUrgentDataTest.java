package io.chagres.handle;

import static io.chagres.handle.PollEvents.PRIORITIZED;
import static io.chagres.handle.PollEvents.READABLE;
import static io.chagres.handle.PollEvents.WRITABLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.chagres.SystemException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.RawSocket;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class PollUrgentDataTest {

    private final List<String> seen = new ArrayList<>();
    private final RawSocket client = RawSocket.tcp();
    private Socket peer;
    private Poll poll;

    @BeforeEach
    void connect(Loop loop) throws IOException {
        try (ServerSocket listener = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            client.connect(listener.getLocalPort());
            peer = listener.accept();
        }
        peer.setTcpNoDelay(true);
        poll = new Poll(loop, client.fd());
    }

    @AfterEach
    void close(Loop loop) throws IOException {
        poll.close();
        loop.run();
        client.close();
        peer.close();
    }

    @Test
    @Covers("libuv:poll_oob")
    void urgentDataIsReportedAsPrioritizedAndOtherDataAsReadable(Loop loop) throws IOException {
        peer.sendUrgentData('!');
        peer.getOutputStream().write("world".getBytes());
        poll.start(PRIORITIZED, this::takeUrgent);
        loop.run(RunMode.ONCE);
        assertEquals(List.of("prioritized !"), seen);

        poll.start(READABLE.add(WRITABLE).add(PRIORITIZED), this::takeOrdinary);
        while (seen.size() < 3) {
            loop.run(RunMode.ONCE);
        }
        assertEquals(Set.of("prioritized !", "wrote 3", "read 5"), Set.copyOf(seen));
        assertEquals("foo".length(), peer.getInputStream().readNBytes(3).length);
    }

    @Test
    void urgentDataIsNotReportedAsReadable(Loop loop) throws IOException {
        peer.sendUrgentData('!');
        poll.start(READABLE.add(PRIORITIZED), this::takeUrgent);
        loop.run(RunMode.ONCE);
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("prioritized !"), seen);
    }

    @Test
    void urgentDataIsNotReportedIfNotWanted(Loop loop) throws IOException {
        peer.sendUrgentData('!');
        poll.start(PRIORITIZED, (events, error) -> seen.add("is there"));
        loop.run(RunMode.ONCE);
        poll.start(READABLE, this::takeOrdinary);
        loop.run(RunMode.NOWAIT);
        assertEquals(List.of("is there"), seen);
    }

    private void takeUrgent(PollEvents events, SystemException error) {
        assertNull(error);
        seen.add(events + " " + (char) client.receiveUrgent());
    }

    private void takeOrdinary(PollEvents events, SystemException error) {
        assertNull(error);
        assertFalse(events.isPrioritized());
        if (events.isReadable()) {
            seen.add("read " + client.receive(16));
        }
        if (events.isWritable()) {
            seen.add("wrote " + client.send(3));
            poll.start(READABLE, this::takeOrdinary);
        }
    }
}
