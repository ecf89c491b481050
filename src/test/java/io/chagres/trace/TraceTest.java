package io.chagres.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Local;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.Socket;
import io.chagres.sys.Descriptors;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

@ConnectionTest
class TraceTest {

    private static final TraceOptions PLAIN = TraceOptions.defaults().lines(false);

    private final List<TraceEvent> events = new ArrayList<>();

    private Stream<SystemCall> calls() {
        return events.stream().filter(SystemCall.class::isInstance).map(SystemCall.class::cast);
    }

    private SystemCall call(String name) {
        return calls().filter(call -> call.name().equals(name)).findFirst().orElseThrow();
    }

    private List<String> callbacks() {
        return events.stream()
                .filter(CallbackRun.class::isInstance)
                .map(event -> ((CallbackRun) event).name())
                .toList();
    }

    /** A server that echoes once, and a client that says hello; returns the port. */
    private static int echo(Loop loop) {
        int port = Local.once(loop, socket -> socket.pipe(socket));
        Socket client = Local.connect(loop, port);
        client.onConnect(() -> client.end("hello"));
        client.resume();
        loop.run();
        return port;
    }

    private int traced(TraceOptions options, Loop loop) {
        try (Trace trace = Trace.start(options, events::add)) {
            return echo(loop);
        }
    }

    @Test
    void aCallHasItsPlaceItsOwnerAndTheTextOfStrace(Loop loop) {
        int port = traced(PLAIN, loop);
        SystemCall accept = call("accept4");
        assertEquals("poll", accept.place().phase());
        assertEquals(Thread.currentThread().getName(), accept.place().thread());
        assertTrue(accept.place().turn() > 0);
        assertEquals("server:" + port, accept.owner());
        assertEquals(accept.result(), accept.descriptor());
        assertTrue(accept.durationNanos() > 0);
        assertEquals("accept4(" + accept.arguments() + ") = " + accept.descriptor(), accept.text());
        SystemCall sent = call("sendto");
        assertEquals("127.0.0.1:" + port, sent.owner());
        assertEquals(sent.descriptor() + ", \"hello\", 5, MSG_DONTWAIT|MSG_NOSIGNAL, NULL, 0", sent.arguments());
        assertTrue(sent.toString()
                .matches("\\[.* \\d+ \\w+ 127\\.0\\.0\\.1:" + port + "\\] sendto\\(.*\\) = 5 <\\d\\.\\d{6}>"));
    }

    @Test
    void aConnectionIsNumberedIfItsAddressIsNotKnown(Loop loop) {
        int port = traced(PLAIN, loop);
        assertTrue(calls().anyMatch(
                        call -> call.name().equals("recvfrom") && call.owner().equals("client 1 of server:" + port)));
    }

    @Test
    void theCallsOfTheLoopAreThoseOfTheLoop() {
        try (Trace trace = Trace.start(PLAIN, events::add);
                Loop loop = new Loop()) {
            loop.execute(() -> {});
            loop.run();
        }
        assertEquals("loop", call("epoll_create1").owner());
        assertEquals("loop", call("eventfd2").owner());
        assertEquals("loop", call("epoll_wait").owner());
        assertEquals(0, call("eventfd2").place().turn());
        assertEquals("epoll", call("eventfd2").category());
    }

    @Test
    void categoriesSelectTheCalls(Loop loop) {
        traced(PLAIN.categories(Category.DATA), loop);
        assertTrue(events.stream()
                .allMatch(event ->
                        event instanceof SystemCall call && call.category().equals("data")));
        assertEquals("data", call("recvfrom").category());
    }

    @Test
    void withoutCategoriesThereAreCallbacksAndNotesOnly() {
        try (Trace trace = Trace.start(PLAIN.categories(), events::add);
                Loop loop = new Loop()) {
            Trace.note("it begins");
            echo(loop);
        }
        assertTrue(events.size() > 5);
        assertEquals(0, calls().count());
        assertEquals("it begins", ((Note) events.get(0)).text());
    }

    @Test
    void aLoopThatIsMadeDuringTheTraceReportsItsCallbacks() {
        int port;
        try (Trace trace = Trace.start(PLAIN, events::add);
                Loop loop = new Loop()) {
            Timer.after(loop, 1, () -> {});
            port = echo(loop);
        }
        List<String> names = callbacks();
        assertTrue(names.contains("connection of server:" + port), names::toString);
        assertTrue(names.contains("events of client 1 of server:" + port), names::toString);
        assertTrue(names.contains("events of 127.0.0.1:" + port), names::toString);
        assertTrue(names.contains("close of tcp"), names::toString);
        assertTrue(names.contains("timer"), names::toString);
    }

    @Test
    void anOlderLoopReportsItsCallsAndTurnsButNoCallbacks(Loop loop) {
        traced(PLAIN, loop);
        assertEquals(List.of(), callbacks());
        assertTrue(call("recvfrom").place().turn() > 0);
    }

    @Test
    void theCallsOfACallbackComeBeforeIt() {
        try (Trace trace = Trace.start(PLAIN, events::add);
                Loop loop = new Loop()) {
            echo(loop);
        }
        TraceEvent accept = call("accept4");
        TraceEvent after = events.subList(events.indexOf(accept), events.size()).stream()
                .filter(CallbackRun.class::isInstance)
                .findFirst()
                .orElseThrow();
        assertTrue(after.startNanos() <= accept.startNanos());
        assertTrue(after.startNanos() + after.durationNanos() >= accept.startNanos() + accept.durationNanos());
    }

    @Test
    void severalTracesSeeTheSameCallsEachWithItsOptions(Loop loop) {
        List<TraceEvent> others = new ArrayList<>();
        try (Trace trace = Trace.start(PLAIN.stringLimit(2), others::add)) {
            traced(PLAIN, loop);
            int both = others.size();
            Descriptors.close(-1);
            assertEquals(both + 1, others.size());
        }
        assertEquals(others.size() - 1, events.size());
        assertTrue(call("sendto").arguments().contains("\"hello\""));
        assertTrue(others.stream().anyMatch(event -> event.toString().contains("\"he\"...")));
    }

    @Test
    void aClosedTraceReportsNothing() {
        Trace trace = Trace.start(PLAIN, events::add);
        trace.close();
        trace.close();
        Descriptors.close(-1);
        Trace.note("nothing");
        assertEquals(List.of(), events);
    }

    @Test
    void aConsumerThatThrowsDoesNotDisturbTheLoop(Loop loop) {
        Thread thread = Thread.currentThread();
        Thread.UncaughtExceptionHandler before = thread.getUncaughtExceptionHandler();
        List<Throwable> thrown = new ArrayList<>();
        thread.setUncaughtExceptionHandler((same, exception) -> thrown.add(exception));
        try (Trace broken = Trace.start(PLAIN, event -> {
                    throw new IllegalStateException("a mistake");
                });
                Trace trace = Trace.start(PLAIN, events::add)) {
            echo(loop);
        } finally {
            thread.setUncaughtExceptionHandler(before);
        }
        assertEquals(events.size(), thrown.size());
        assertEquals(5, call("sendto").result());
    }

    @Test
    void notesAndCallsOfTheConsumerAreNotReported() {
        try (Trace trace = Trace.start(PLAIN, event -> {
            events.add(event);
            Trace.note("about " + event);
            Descriptors.close(-1);
        })) {
            Descriptors.close(-1);
            Trace.note("a note");
        }
        assertEquals(2, events.size());
    }

    @Test
    void socketStatesAreThoseOfTheKernel() {
        int port;
        try (Trace trace = Trace.start(PLAIN.socketStates(true), events::add);
                Loop loop = new Loop()) {
            port = echo(loop);
        }
        assertTrue(call("getsockname").sockets().contains(new SocketState("127.0.0.1:" + port, "0.0.0.0:0", "LISTEN")));
        assertTrue(call("accept4").sockets().stream()
                .anyMatch(socket -> socket.peer().equals("127.0.0.1:" + port)
                        && socket.state().equals("ESTABLISHED")));
        assertTrue(call("shutdown").sockets().stream()
                .anyMatch(socket ->
                        socket.state().startsWith("FIN_WAIT") || socket.state().equals("CLOSE_WAIT")));
    }

    @Test
    void theOptionsAndTheConsumerAreChecked() {
        assertThrows(UsageException.class, () -> Trace.start(null));
        assertThrows(UsageException.class, () -> Trace.start(null, events::add));
        assertThrows(UsageException.class, () -> Trace.note(null));
        assertThrows(UsageException.class, () -> PLAIN.stringLimit(-1));
        assertThrows(UsageException.class, () -> PLAIN.categories((Category) null));
        assertFalse(PLAIN.toString().isEmpty());
    }
}
