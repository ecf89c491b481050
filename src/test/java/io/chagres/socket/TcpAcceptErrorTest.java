package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.SystemException;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import io.chagres.sys.Errno;
import io.chagres.sys.Faults;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Errors of accept(2) that last. The call is made to fail in a separate JVM. */
@ExtendWith(HangGuard.class)
@Tag("host")
class TcpAcceptErrorTest {

    @Test
    void aLastingAcceptErrorIsReportedAndTheConnectionIsAcceptedLater() throws Exception {
        ForkedJvm.Outcome outcome = ForkedJvm.run(ForkedJvm.command(Failing.class));
        assertEquals("""
            accept ENOBUFS
            accepted
            passing: accepted
            no error method: accepted""", outcome.output());
        assertEquals(0, outcome.status());
    }

    /** The program of the separate JVM. */
    public static final class Failing {

        public static void main(String[] args) {
            Faults.install();
            try (Loop loop = new Loop()) {
                visit(loop, Errno.ENOBUFS, new Listener(loop, ""));
                visit(loop, Errno.ECONNABORTED, new Listener(loop, "passing: "));
                Listener withoutErrors = new Listener(loop, "no error method: ");
                visit(loop, Errno.ENOMEM, withoutErrors::onConnection);
            }
        }

        /** Connects one client, and makes the first accept4(2) fail. */
        private static void visit(Loop loop, int errno, ConnectionListener listener) {
            Tcp server = TcpPair.listening(loop);
            server.listen(10, listener);
            Tcp client = new Tcp(loop);
            client.connect(
                    server.localAddress(),
                    error -> client.readStart(TcpPair.reader(bytes -> {}, () -> {
                        client.close();
                        server.close();
                    })));
            Listener.current = server;
            Faults.arm(new Faults.Plan("accept4", 0, fd -> true, 1, -1, errno, false));
            loop.run();
            Faults.arm(null);
        }
    }

    private static final class Listener implements ConnectionListener {

        private static Tcp current;
        private final Loop loop;
        private final String name;

        Listener(Loop loop, String name) {
            this.loop = loop;
            this.name = name;
        }

        @Override
        public void onConnection(SocketHandle listener) {
            Tcp accepted = new Tcp(loop);
            current.accept(accepted);
            accepted.close();
            System.out.println(name + "accepted");
        }

        @Override
        public void onError(SocketHandle listener, SystemException error) {
            System.out.println(name + error.getMessage());
        }
    }
}
