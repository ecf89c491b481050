package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.net.Socket;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Listeners that pause: {@link SocketHandle#pauseAccepting}. */
@ConnectionTest
class TcpPauseAcceptingTest {

    private final Journal journal = new Journal();
    private Tcp listener;
    private int port;

    @BeforeEach
    void bind(Loop loop) {
        listener = TcpPair.listening(loop);
        port = listener.localAddress().port();
    }

    @Test
    void connectionsThatArriveDuringAPauseAreAcceptedAfterIt(Loop loop) throws Exception {
        listener.listen(128, _ -> take(loop, 2));
        listener.pauseAccepting();
        try (Socket one = new Socket(Local.HOST, port);
                Socket two = new Socket(Local.HOST, port)) {
            loop.run(RunMode.NOWAIT);
            journal.expect();
            assertTrue(listener.isActive());
            listener.resumeAccepting();
            loop.run();
            assertEquals("end", Talk.ending(one));
            assertEquals("end", Talk.ending(two));
        }
        journal.expect("taken", "taken");
    }

    @Test
    void aReportedConnectionCanBeTakenDuringAPauseAndNoOtherFollows(Loop loop) throws Exception {
        listener.listen(128, _ -> {
            journal.add("connection");
            listener.pauseAccepting();
        });
        try (Socket one = new Socket(Local.HOST, port);
                Socket two = new Socket(Local.HOST, port)) {
            loop.run(RunMode.ONCE);
            Tcp first = new Tcp(loop);
            listener.accept(first);
            first.close();
            loop.run(RunMode.NOWAIT);
            loop.run(RunMode.NOWAIT);
            journal.expect("connection");
            listener.close();
            loop.run();
        }
    }

    /** Otherwise the second connection would take the place of the first, whose descriptor would never be closed. */
    @Test
    void resumingWhileAConnectionWaitsToBeTakenAcceptsNoOther(Loop loop) throws Exception {
        listener.listen(128, _ -> journal.add("connection"));
        try (Socket one = new Socket(Local.HOST, port);
                Socket two = new Socket(Local.HOST, port)) {
            loop.run(RunMode.ONCE);
            listener.pauseAccepting();
            listener.resumeAccepting();
            loop.run(RunMode.NOWAIT);
            loop.run(RunMode.NOWAIT);
            journal.expect("connection");
            acceptAndClose(loop);
            loop.run(RunMode.ONCE);
            journal.expect("connection");
            acceptAndClose(loop);
            listener.close();
            loop.run();
            assertEquals("end", Talk.ending(one));
            assertEquals("end", Talk.ending(two));
        }
    }

    private void acceptAndClose(Loop loop) {
        Tcp accepted = new Tcp(loop);
        listener.accept(accepted);
        accepted.close();
    }

    @Test
    void pausingOrResumingTwiceIsANoOp(Loop loop) throws Exception {
        listener.listen(128, _ -> take(loop, 1));
        listener.pauseAccepting();
        listener.pauseAccepting();
        listener.resumeAccepting();
        listener.resumeAccepting();
        try (Socket client = new Socket(Local.HOST, port)) {
            loop.run();
            assertEquals("end", Talk.ending(client));
        }
        journal.expect("taken");
    }

    @Test
    void aHandleThatDoesNotListenCannotBePausedOrResumed(Loop loop) {
        assertTrue(refusal(listener::pauseAccepting)
                .startsWith("EINVAL: pauseAccepting on a handle that does not listen"));
        assertTrue(refusal(listener::resumeAccepting)
                .startsWith("EINVAL: resumeAccepting on a handle that does not listen"));
        listener.listen(1, _ -> {});
        listener.close();
        assertTrue(refusal(listener::pauseAccepting).startsWith("EINVAL: pauseAccepting on a closed handle"));
        loop.run();
    }

    private void take(Loop loop, int max) {
        acceptAndClose(loop);
        journal.add("taken");
        if (journal.count("taken") == max) {
            listener.close();
        }
    }

    private static String refusal(Runnable call) {
        ChagresException refused = assertThrows(ChagresException.class, call::run);
        return refused.code() + ": " + refused.getMessage();
    }
}
