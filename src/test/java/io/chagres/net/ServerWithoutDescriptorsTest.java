package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.address.Family;
import io.chagres.address.SocketAddress;
import io.chagres.fixture.FlightRecording;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Local;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.socket.Tcp;
import io.chagres.sys.Descriptors;
import io.chagres.sys.EventFd;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import jdk.jfr.consumer.RecordedEvent;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** A server whose process has no descriptor left at all, and whose classes come out of a directory. */
@ExtendWith(HangGuard.class)
@Tag("host")
class ServerWithoutDescriptorsTest {

    @Test
    void aConnectionThatIsShedIsReportedWithItsAddress() throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n 200 && exec \"$@\"", "sh"));
        command.addAll(ForkedJvm.command(Starving.class));
        assertEquals(new ForkedJvm.Outcome(0, """
            no descriptor left
            dropped NO_DESCRIPTORS, the remote is the client: true
            1 dropped"""), ForkedJvm.run(command));
    }

    @Test
    void theShortageIsRecorded() throws Exception {
        List<String> command = new ArrayList<>(List.of("sh", "-c", "ulimit -n 200 && exec \"$@\"", "sh"));
        command.addAll(ForkedJvm.command(StarvingInARecording.class));
        ForkedJvm.Outcome outcome = ForkedJvm.run(command);
        assertEquals(0, outcome.status(), outcome.output());
        assertTrue(outcome.output().contains("EMFILE 1 of 200, spare again true"), outcome.output());
    }

    /** The same server, recorded: the events of refusals need classes, too. */
    static final class StarvingInARecording {
        public static void main(String[] arguments) throws IOException {
            try (FlightRecording recording = FlightRecording.of("DescriptorShortage", "AcceptRefused")) {
                Starving.main(arguments);
                for (RecordedEvent event : recording.stop()) {
                    if (event.getEventType().getName().equals("io.chagres.AcceptRefused")) {
                        System.out.println("refused " + event.getString("reason"));
                    } else {
                        System.out.println(event.getString("cause") + " " + event.getInt("shed") + " of "
                                + event.getLong("limit") + ", spare again " + event.getBoolean("hasSpare"));
                    }
                }
            }
        }
    }

    static final class Starving {
        private static final List<Integer> HOARD = new ArrayList<>();
        private static final Tcp[] CLIENT = new Tcp[1];

        public static void main(String[] arguments) {
            try (Loop loop = new Loop()) {
                Timer limit = Timer.after(loop, 20_000, () -> System.exit(1));
                Server server = Net.createServer(loop, Socket::destroy);
                // it loads the classes; when it is over, there are no descriptors for more
                Tcp visitor = bound(loop);
                server.onConnection(socket ->
                        socket.onClose(hadError -> visitor.close(() -> Timer.after(loop, 1, () -> {
                            hoard();
                            CLIENT[0].connect(server.address(), error -> {});
                        }))));
                SocketAddress place = server.listen(0, Local.HOST).address();
                Tcp client = bound(loop);
                SocketAddress address = client.localAddress();
                server.onDrop(dropped -> {
                    System.out.println("dropped " + dropped.reason() + ", the remote is the client: "
                            + address.equals(dropped.remote()));
                    System.out.println(server.droppedCount() + " dropped");
                    HOARD.forEach(Descriptors::close);
                    limit.close();
                    client.close();
                    server.close();
                });
                CLIENT[0] = client;
                visitor.connect(place, error -> {});
                loop.run();
            }
        }

        private static Tcp bound(Loop loop) {
            Tcp tcp = new Tcp(loop, Family.IPV4);
            tcp.bind(new SocketAddress(Local.HOST, 0));
            return tcp;
        }

        private static void hoard() {
            int fd = EventFd.eventfd(0, EventFd.EFD_CLOEXEC);
            while (fd >= 0) {
                HOARD.add(fd);
                fd = EventFd.eventfd(0, EventFd.EFD_CLOEXEC);
            }
            System.out.println("no descriptor left");
        }
    }
}
