package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.SystemException;
import io.chagres.address.SocketAddress;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Local;
import io.chagres.loop.Loop;
import io.chagres.sys.Errno;
import io.chagres.sys.Faults;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** accept(2) fails in a way that stays: the server tells it, and lives; in a JVM of its own, where a call can be made to fail. */
@ExtendWith(HangGuard.class)
@Tag("host")
class ServerAcceptErrorTest {

    @Test
    @Covers("S87")
    void anAcceptErrorIsReportedAndTheConnectionIsAcceptedLater() throws Exception {
        ForkedJvm.Outcome outcome = ForkedJvm.run(ForkedJvm.command(Failing.class));
        assertEquals("""
            accept ENOBUFS ENOBUFS 105 accept of the server
            connection
            without a listener
            connection""", outcome.output());
        assertEquals(0, outcome.status());
    }

    /** What runs there. */
    public static final class Failing {

        public static void main(String[] args) {
            Faults.install();
            try (Loop loop = new Loop()) {
                Server withListener = Net.createServer(loop);
                withListener.onError(error -> {
                    SystemException accept = (SystemException) error;
                    System.out.println(
                            error.getMessage() + " " + error.code() + " " + accept.errno() + " " + accept.syscall()
                                    + (withListener.address().equals(new SocketAddress(accept.address(), accept.port()))
                                            ? " of the server"
                                            : ""));
                });
                visit(withListener);
                System.out.println("without a listener");
                visit(Net.createServer(loop));
            }
        }

        /** One client connects, and the first accept4(2) fails. */
        private static void visit(Server server) {
            server.onConnection(socket -> {
                System.out.println("connection");
                server.close();
                socket.end();
                socket.resume();
            });
            Socket client = Local.connect(
                    server.loop(), server.listen(0, Local.HOST).address().port());
            client.onConnect(client::resume);
            Faults.arm(new Faults.Plan("accept4", 0, fd -> true, 1, -1, Errno.ENOBUFS, false));
            server.loop().run();
            Faults.arm(null);
        }
    }
}
