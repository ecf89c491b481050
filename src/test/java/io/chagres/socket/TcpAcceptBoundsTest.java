package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.SystemException;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.RawSocket;
import io.chagres.fixture.TcpPair;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import io.chagres.sys.Errno;
import io.chagres.sys.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The bounds of a listener: connections shed per event, and failures in a row. accept4(2) fails in a separate JVM. */
@ExtendWith(HangGuard.class)
@Tag("host")
class TcpAcceptBoundsTest {

    @Test
    void oneEventSheds128Of130WaitingConnections() throws Exception {
        assertEquals(new ForkedJvm.Outcome(0, "accepted 2"), ForkedJvm.run(Shedding.class));
    }

    @Test
    void onlyTheSixtyFourthAcceptFailureInARowIsReported() throws Exception {
        assertEquals(new ForkedJvm.Outcome(0, """
            63 failures: accepted
            1 failures: accepted
            64 failures: accept ECONNABORTED, accepted
            128 failures: accept ECONNABORTED, accept ECONNABORTED, accepted"""), ForkedJvm.run(Failing.class));
    }

    /** After a lasting failure a listener tries again a little later, unless it is closed by then. */
    @Test
    void aListenerThatIsClosedInItsErrorCallbackDoesNotListenAgain() throws Exception {
        assertEquals(new ForkedJvm.Outcome(0, "accept ENOBUFS, later"), ForkedJvm.run(ClosedInError.class));
    }

    /** Runs the loop for longer than the listener rests. */
    static final class ClosedInError {

        public static void main(String[] arguments) {
            Faults.install();
            try (Loop loop = new Loop()) {
                List<String> events = new ArrayList<>();
                loop.setUncaughtHandler(thrown -> events.add(thrown.toString()));
                Tcp listener = TcpPair.listening(loop);
                listener.listen(10, new ConnectionListener() {
                    @Override
                    public void onConnection(SocketHandle from) {
                        events.add("accepted");
                    }

                    @Override
                    public void onError(SocketHandle from, SystemException error) {
                        events.add(error.getMessage());
                        listener.close();
                        Timer.after(loop, 100, () -> events.add("later"));
                    }
                });
                List<RawSocket> client = connect(listener.localAddress().port(), 1);
                Faults.arm(new Faults.Plan("accept4", 0, fd -> true, 1, -1, Errno.ENOBUFS, false));
                loop.run();
                client.getFirst().close();
                System.out.println(String.join(", ", events));
            }
        }
    }

    /** The first accept4(2) finds no descriptor. The next calls find some again. */
    static final class Shedding {

        public static void main(String[] arguments) {
            Faults.install();
            try (Loop loop = new Loop()) {
                int[] accepted = {0};
                Tcp listener = TcpPair.listening(loop);
                listener.listen(200, _ -> {
                    take(loop, listener);
                    if (++accepted[0] == 2) {
                        listener.close();
                    }
                });
                List<RawSocket> clients = connect(listener.localAddress().port(), 130);
                Faults.arm(new Faults.Plan("accept4", 0, fd -> true, 1, -1, Errno.EMFILE, false));
                Timer limit = Timer.after(loop, 10_000, listener::close);
                limit.unref();
                loop.run();
                limit.close();
                System.out.println("accepted " + accepted[0]);
                clients.forEach(RawSocket::close);
            }
        }
    }

    /** Another process that shares the listener has taken the connection: there is no connection to shed, and no error to report. */
    @Test
    void aLackOfDescriptorsIsNotReportedIfNoConnectionWaits() throws Exception {
        assertEquals(new ForkedJvm.Outcome(0, "accepted"), ForkedJvm.run(TakenByOthers.class));
    }

    /** The first accept4(2) takes the connection, and returns EMFILE. */
    static final class TakenByOthers {

        public static void main(String[] arguments) {
            Faults.install();
            try (Loop loop = new Loop()) {
                Tcp listener = TcpPair.listening(loop);
                List<String> events = new ArrayList<>();
                listener.listen(10, new Listener(loop, listener, events));
                List<RawSocket> clients = connect(listener.localAddress().port(), 1);
                Faults.arm(new Faults.Plan("accept4", 0, fd -> true, 1, -1, Errno.EMFILE, true));
                loop.run(RunMode.ONCE);
                clients.addAll(connect(listener.localAddress().port(), 1));
                loop.run();
                clients.forEach(RawSocket::close);
                System.out.println(String.join(", ", events));
            }
        }
    }

    @Test
    void aSpareDescriptorThatCouldNotBeOpenedIsOpenedAtTheNextConnection() throws Exception {
        assertEquals(new ForkedJvm.Outcome(0, """
            accept EMFILE, 1 tried to be opened
            accepted, 1 more"""), ForkedJvm.run(SpareLater.class));
    }

    /** Neither a connection can be accepted, nor the spare descriptor opened again. Later both succeed. */
    static final class SpareLater {

        public static void main(String[] arguments) {
            Faults.install();
            try (Loop loop = new Loop()) {
                Tcp listener = TcpPair.listening(loop);
                List<String> events = new ArrayList<>();
                listener.listen(10, new Listener(loop, listener, events));
                List<RawSocket> client = connect(listener.localAddress().port(), 1);
                Faults.arm(new Faults.Plan(Set.of("accept4", "eventfd"), 0, fd -> true, 1, 3, -1, Errno.EMFILE, false));
                int before = Faults.calls("eventfd");
                loop.run(RunMode.ONCE);
                int after = Faults.calls("eventfd");
                System.out.println(events.removeFirst() + ", " + (after - before) + " tried to be opened");
                loop.run();
                System.out.println(events.removeFirst() + ", " + (Faults.calls("eventfd") - after) + " more");
                client.getFirst().close();
            }
        }
    }

    private static List<RawSocket> connect(int port, int count) {
        List<RawSocket> clients = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            clients.add(RawSocket.tcp());
            clients.getLast().connect(port);
        }
        return clients;
    }

    private static void take(Loop loop, Tcp listener) {
        Tcp accepted = new Tcp(loop);
        listener.accept(accepted);
        accepted.close();
    }

    /** Has one listener, and a client after each series of failures. */
    static final class Failing {

        public static void main(String[] arguments) {
            Faults.install();
            try (Loop loop = new Loop()) {
                Tcp listener = TcpPair.listening(loop);
                List<String> events = new ArrayList<>();
                listener.listen(10, new Listener(loop, listener, events));
                for (int failures : new int[] {63, 1, 64, 128}) {
                    Faults.arm(new Faults.Plan(
                            Set.of("accept4"), 0, fd -> true, 1, failures, -1, Errno.ECONNABORTED, false));
                    List<RawSocket> client = connect(listener.localAddress().port(), 1);
                    loop.run();
                    client.getFirst().close();
                    System.out.println(failures + " failures: " + String.join(", ", events));
                    events.clear();
                }
                listener.close();
                loop.run();
            }
        }
    }

    private record Listener(Loop loop, Tcp listening, List<String> events) implements ConnectionListener {
        @Override
        public void onConnection(SocketHandle from) {
            take(loop, listening);
            events.add("accepted");
            loop.stop();
        }

        @Override
        public void onError(SocketHandle from, SystemException error) {
            events.add(error.getMessage());
        }
    }
}
