package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.TcpPair;
import io.chagres.handle.Handle;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Listeners that accept connections. */
@ConnectionTest
class TcpAcceptTest {

    private final Journal journal = new Journal();
    private Tcp listener;
    private int port;

    @BeforeEach
    void bind(Loop loop) {
        listener = TcpPair.listening(loop);
        port = listener.localAddress().port();
    }

    @Test
    @Covers({"libuv:delayed_accept", "S86"})
    void aConnectionThatIsNotTakenWaitsAndHoldsBackTheNext(Loop loop) {
        listener.listen(128, _ -> {
            journal.add("connection");
            Timer.after(loop, 2, () -> {
                Tcp taken = new Tcp(loop);
                listener.accept(taken);
                taken.close();
                if (journal.count("connection") == 2) {
                    listener.close();
                }
            });
        });
        try (Peer<String> one = Peer.client(port, Talk::ending);
                Peer<String> two = Peer.client(port, Talk::ending)) {
            loop.run();
            assertEquals("end", one.result());
            assertEquals("end", two.result());
        }
        journal.expect("connection", "connection");
    }

    @Test
    @Covers("libuv:multiple_listen")
    void listeningAgainReplacesTheListener(Loop loop) {
        listener.listen(128, _ -> journal.add("first"));
        listener.listen(64, _ -> {
            journal.add("second");
            listener.close();
        });
        try (Peer<String> client = Peer.client(port, Talk::ending)) {
            loop.run();
        }
        journal.expect("second");
    }

    @Test
    void acceptWithoutAConnectionThrowsEagain(Loop loop) {
        assertCode("EAGAIN", () -> listener.accept(new Tcp(loop)));
        listener.listen(1, _ -> {});
        assertCode("EAGAIN", () -> listener.accept(new Tcp(loop)));
        assertCode("EINVAL", () -> listener.accept(null));
        closeAll(loop);
    }

    @Test
    @Covers("libuv:tcp_create_early_accept")
    void acceptIntoAHandleWithASocketIsRefusedAndTheListenerGoesOn(Loop loop) {
        Tcp busy = TcpPair.listening(loop);
        listener.listen(1, _ -> {
            if (journal.count("refused") == 0) {
                assertCode("EBUSY", () -> listener.accept(busy));
                journal.add("refused");
            } else {
                Tcp fresh = new Tcp(loop);
                listener.accept(fresh);
                journal.add("accepted");
                closeAllNow(loop);
            }
        });
        try (Peer<String> one = Peer.client(port, Talk::ending)) {
            while (journal.count("refused") == 0) {
                loop.run(RunMode.ONCE);
            }
            assertEquals("end", one.result());
        }
        try (Peer<String> two = Peer.client(port, Talk::ending)) {
            loop.run();
        }
        journal.expect("refused", "accepted");
    }

    @Test
    void acceptIntoAHandleOfAnotherLoopIsRefused(Loop loop) {
        try (Loop other = new Loop()) {
            Tcp foreign = new Tcp(other);
            listener.listen(1, _ -> {
                assertCode("EINVAL", () -> listener.accept(foreign));
                journal.add("refused");
                listener.close();
            });
            try (Peer<String> client = Peer.client(port, Talk::ending)) {
                loop.run();
            }
        }
        journal.expect("refused");
    }

    @Test
    void acceptIntoAClosedHandleIsRefused(Loop loop) {
        Tcp closed = new Tcp(loop);
        closed.close();
        listener.listen(1, _ -> {
            assertCode("EINVAL", () -> listener.accept(closed));
            journal.add("refused");
            listener.close();
        });
        try (Peer<String> client = Peer.client(port, Talk::ending)) {
            loop.run();
        }
        journal.expect("refused");
    }

    @Test
    void closingTheListenerClosesTheWaitingConnection(Loop loop) {
        listener.listen(1, _ -> {
            journal.add("connection");
            listener.close();
        });
        try (Peer<String> client = Peer.client(port, Talk::ending)) {
            loop.run();
            assertEquals("end", client.result());
        }
        journal.expect("connection");
    }

    /** The fixture counts descriptors after the test: a connection that was parked when the listener threw must not be lost. */
    @Test
    void aListenerThatThrowsLosesNoConnection(Loop loop) {
        loop.setUncaughtHandler(thrown -> journal.add(thrown.getMessage()));
        listener.listen(128, _ -> {
            Timer.after(loop, 5, () -> take(loop));
            throw new IllegalStateException("thrown");
        });
        try (Peer<String> one = Peer.client(port, Talk::ending);
                Peer<String> two = Peer.client(port, Talk::ending)) {
            loop.run();
        }
        journal.expect("thrown", "taken", "thrown", "taken");
    }

    private void take(Loop loop) {
        Tcp taken = new Tcp(loop);
        listener.accept(taken);
        journal.add("taken");
        taken.close();
        if (journal.count("taken") == 2) {
            listener.close();
        }
    }

    @Test
    void aListenerIsActiveButNotReadableAndHasNoPeer(Loop loop) {
        listener.listen(1, _ -> {});
        assertTrue(listener.isActive());
        assertFalse(listener.isReadable());
        assertCode("ENOTCONN", listener::remoteAddress);
        closeAll(loop);
    }

    private void closeAll(Loop loop) {
        closeAllNow(loop);
        loop.run();
    }

    private static void closeAllNow(Loop loop) {
        Handle.walk(loop, Handle::close);
    }

    private static void assertCode(String code, Runnable call) {
        assertEquals(code, assertThrows(ChagresException.class, call::run).code());
    }
}
