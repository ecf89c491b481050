package io.chagres.faults;

import io.chagres.ChagresException;
import io.chagres.SystemException;
import io.chagres.fixture.OpenDescriptors;
import io.chagres.fixture.Waits;
import io.chagres.handle.Handle;
import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.ServerOptions;
import io.chagres.net.Socket;
import io.chagres.sys.Faults;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * The surroundings of one failure: an echo server with three visitors that must not notice it, and an exercise that is repeated
 * until the failure has happened, and once more.
 */
final class World {

    static final String HOST = "127.0.0.1";

    private static final int BYSTANDERS = 3;
    private static final int MAX_REPEATS = 8;
    private static final long PATIENCE_MILLIS = 3000;

    final Loop loop = new Loop();
    final Server server = Net.createServer(loop, ServerOptions.defaults().noDelay(true), this::connected);
    final int port;
    private final FaultCase fault;
    private final List<String> complaints = new ArrayList<>();
    private final List<Future<?>> visitors = new ArrayList<>();
    private final Timer watchdog = Timer.after(loop, PATIENCE_MILLIS, this::giveUp);
    private Consumer<Socket> guests = socket -> {};
    private Consumer<ChagresException> reports = this::unexpected;
    private volatile boolean over;
    private int arrived;
    private int repeats;

    private World(FaultCase fault) {
        this.fault = fault;
        loop.setUncaughtHandler(thrown -> complain("uncaught: " + thrown));
        server.onError(error -> reports.accept(error));
        port = server.listen(0, HOST).address().port();
        watchdog.unref();
    }

    /** Returns the complaints after the failure of {@code fault}; none if all is well. */
    static List<String> complaints(FaultCase fault) {
        OpenDescriptors before = OpenDescriptors.now();
        World world = new World(fault);
        world.live();
        world.end(before);
        return world.complaints;
    }

    /** The JVM opens sockets of its own with the first ones of java.net. */
    static void warmUp() {
        complaints(new FaultCase("none", Exercises::connect, "", Set.of(), -1, 1, 1, -1, 0, false));
    }

    private void live() {
        for (int i = 0; i < BYSTANDERS; i++) {
            visitors.add(Visitor.talk(port, () -> !over, this::bystanderTold));
        }
        loop.run();
    }

    private void bystanderTold(String how) {
        if (!how.equals(Visitor.FINE)) {
            loop.execute(() -> complain("a bystander was " + how));
        }
    }

    /** The first three connections are those of the bystanders; with the last of them the exercise begins. */
    private void connected(Socket socket) {
        socket.pipe(socket);
        if (arrived++ >= BYSTANDERS) {
            guests.accept(socket);
        } else if (arrived == BYSTANDERS) {
            loop.nextTick(this::begin);
        }
    }

    private void begin() {
        Set<Long> others = OpenDescriptors.now().targets().keySet().stream()
                .map(Long::valueOf)
                .collect(Collectors.toSet());
        Faults.arm(fault.plan(others));
        repeat();
    }

    private void repeat() {
        repeats++;
        fault.exercise().accept(this, outcome -> loop.nextTick(() -> finished(outcome)));
    }

    private void finished(String outcome) {
        if (over) {
            return;
        }
        boolean struck = Faults.struck();
        if (struck && !outcome.equals(fault.expected())) {
            complain("expected \"" + fault.expected() + "\", and it was \"" + outcome + "\"");
        } else if (!struck && !outcome.equals(Visitor.FINE)) {
            complain("without any failure it was \"" + outcome + "\"");
        }
        if (struck && (fault.times() == FaultCase.FOR_EVER || Faults.over() || repeats == MAX_REPEATS)) {
            Faults.arm(null);
            repeatOnce();
        } else if (repeats < MAX_REPEATS) {
            repeat();
        } else {
            complain("the call was never made");
            leave();
        }
    }

    private void repeatOnce() {
        fault.exercise()
                .accept(
                        this,
                        outcome -> loop.nextTick(() -> {
                            if (!outcome.equals(Visitor.FINE)) {
                                complain("afterwards it was \"" + outcome + "\"");
                            }
                            leave();
                        }));
    }

    private void leave() {
        over = true;
        Faults.arm(null);
        watchdog.close();
        server.close();
    }

    private void giveUp() {
        complain("it hangs");
        over = true;
        Faults.arm(null);
        Handle.walk(loop, Handle::close);
    }

    private void end(OpenDescriptors before) {
        try {
            loop.closeStrictly();
        } catch (RuntimeException left) {
            complain(left.getMessage());
            loop.close();
        }
        try {
            for (Future<?> visitor : visitors) {
                Waits.get(visitor);
            }
            awaitNothingOpenSince(before);
        } catch (Exception e) {
            complain(e.toString());
        }
    }

    /** The visitors and the peer close their descriptors on threads of their own. */
    private void awaitNothingOpenSince(OpenDescriptors before) throws InterruptedException {
        for (int looks = 0; !OpenDescriptors.now().since(before).isEmpty(); looks++) {
            if (looks == 1000) {
                complain("left open: " + OpenDescriptors.now().since(before));
                return;
            }
            Thread.sleep(1);
        }
    }

    private void unexpected(ChagresException report) {
        complain("the server reported " + nameOf(report));
    }

    private void complain(String complaint) {
        complaints.add(complaint);
    }

    /** Sets the receivers of the server's next connections and of its errors. */
    void expect(Consumer<Socket> guestTaker, Consumer<ChagresException> reportTaker) {
        guests = guestTaker;
        reports = reportTaker;
    }

    /** Returns the call that failed and the error. */
    static String nameOf(Throwable error) {
        return error instanceof SystemException system
                ? system.syscall() + " " + system.code()
                : error instanceof ChagresException misuse ? misuse.code() : error.toString();
    }
}
