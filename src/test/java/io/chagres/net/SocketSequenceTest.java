package io.chagres.net;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/** Whole sequences of events on both sides of a connection, the same over TCP and over a Unix socket. */
@ConnectionTest
class SocketSequenceTest {

    @TempDir
    private Path folder;

    private final Journal client = new Journal();
    private final Journal accepted = new Journal();

    /** Runs a connection, with {@code serve} for the accepted socket and {@code use} for the client when it is connected. */
    private void run(Place place, Loop loop, Consumer<Socket> serve, Consumer<Socket> use) {
        Server server = Net.createServer(loop, socket -> {
            SocketEvents.into(accepted, "", socket);
            serve.accept(socket);
        });
        server.onConnection(socket -> server.close());
        server.listen(place.in(folder), null);
        Socket socket = Net.connect(loop, place.connectTo(server));
        SocketEvents.into(client, "", socket);
        socket.onReady(client.note("ready"));
        socket.onReady(() -> use.accept(socket));
        loop.run();
    }

    @ParameterizedTest
    @EnumSource
    @Covers({"S32", "S55", "S105"})
    void theServerRepliesAndEnds(Place place, Loop loop) {
        run(place, loop, socket -> socket.end("hello"), socket -> {});
        client.expect("connect", "ready", "data hello", "end", "finish", "close false");
        accepted.expect("finish", "end", "close false");
    }

    @ParameterizedTest
    @EnumSource
    @Covers({"S50", "S54"})
    void theClientEndsFirst(Place place, Loop loop) {
        run(place, loop, socket -> {}, socket -> socket.end("bye"));
        client.expect("connect", "ready", "finish", "end", "close false");
        accepted.expect("data bye", "end", "finish", "close false");
    }

    @ParameterizedTest
    @EnumSource
    @Covers({"S56", "S60"})
    void oneSideDestroysItself(Place place, Loop loop) {
        run(place, loop, socket -> {}, Socket::destroy);
        client.expect("connect", "ready", "close false");
        accepted.expect("end", "finish", "close false");
    }

    @ParameterizedTest
    @EnumSource
    @Covers({"S59", "S60"})
    void oneSideIsDestroyedWithAnError(Place place, Loop loop) {
        run(place, loop, socket -> socket.destroy(new ChagresException("EX", "no more")), socket -> {});
        client.expect("connect", "ready", "end", "finish", "close false");
        accepted.expect("error no more", "close true");
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.INCLUDE, names = "TCP")
    @Covers("S31")
    void oneSideResets(Place place, Loop loop) {
        run(place, loop, socket -> {}, Socket::resetAndDestroy);
        client.expect("connect", "ready", "close false");
        accepted.expect("error read ECONNRESET", "close true");
    }

    @ParameterizedTest
    @EnumSource
    @Covers({"S49", "S54"})
    void destroySoonWaitsForWhatWasWritten(Place place, Loop loop) {
        run(place, loop, socket -> {}, socket -> {
            socket.write("bye");
            socket.destroySoon();
        });
        client.expect("connect", "ready", "finish", "close false");
        accepted.expect("data bye", "end", "finish", "close false");
    }

    // ---- an end in each callback

    /** The event, what is done there, and what the client sees from that event on. */
    static Stream<Arguments> inEachCallback() {
        return Stream.of(Place.values())
                .flatMap(place -> Stream.of("connect", "ready", "data", "end", "finish", "close")
                        .flatMap(event -> Stream.of("destroy", "fail", "reset", "listener throws")
                                .map(deed -> Arguments.of(place, event, deed)))
                        .filter(arguments -> place == Place.TCP || !arguments.get()[2].equals("reset")));
    }

    @ParameterizedTest
    @MethodSource("inEachCallback")
    @Covers({"node:test-net-socket-destroy-twice", "node:test-net-socket-reset-twice"})
    void theCloseIsTheLastEventAndIsEmittedOnceWhateverACallbackDoes(
            Place place, String event, String deed, Loop loop) {
        loop.setUncaughtHandler(thrown -> client.add("uncaught " + thrown.getMessage()));
        BiConsumer<Socket, String> at = (socket, now) -> {
            if (now.equals(event)) {
                client.add("-- " + deed);
                does(socket, deed);
            }
        };
        Server server = Net.createServer(
                loop, socket -> socket.onError(reset -> {}).resume().end("hello"));
        server.onConnection(socket -> server.close());
        server.listen(place.in(folder), null);
        Socket socket = Net.connect(loop, place.connectTo(server));
        SocketEvents.into(client, "", socket);
        socket.onConnect(() -> at.accept(socket, "connect"))
                .onReady(() -> at.accept(socket, "ready"))
                .onData((ByteBuffer chunk) -> at.accept(socket, "data"))
                .onEnd(() -> at.accept(socket, "end"))
                .onFinish(() -> at.accept(socket, "finish"))
                .onClose(hadError -> at.accept(socket, "close"));
        loop.run();
        client.expect(expected(event, deed, "connect", "ready", "data hello", "end", "finish", "close false"));
    }

    static Stream<Arguments> inEachCallbackOfTheServersSide() {
        return inEachCallback()
                .filter(arguments ->
                        !List.of("connect", "ready").contains(arguments.get()[1]));
    }

    @ParameterizedTest
    @MethodSource("inEachCallbackOfTheServersSide")
    void onTheServersSideTheCloseIsTheLastEventAndIsEmittedOnce(Place place, String event, String deed, Loop loop) {
        loop.setUncaughtHandler(thrown -> accepted.add("uncaught " + thrown.getMessage()));
        BiConsumer<Socket, String> at = (socket, now) -> {
            if (now.equals(event)) {
                accepted.add("-- " + deed);
                does(socket, deed);
            }
        };
        Server server = Net.createServer(loop, socket -> {
            SocketEvents.into(accepted, "", socket);
            socket.onData((ByteBuffer chunk) -> at.accept(socket, "data"))
                    .onEnd(() -> at.accept(socket, "end"))
                    .onFinish(() -> at.accept(socket, "finish"))
                    .onClose(hadError -> at.accept(socket, "close"));
        });
        server.onConnection(socket -> server.close());
        server.listen(place.in(folder), null);
        Socket client = Net.connect(loop, place.connectTo(server));
        client.onError(reset -> {}).resume().end("hello");
        loop.run();
        accepted.expect(expected(event, deed, "data hello", "end", "finish", "close false"));
    }

    private static void does(Socket socket, String deed) {
        switch (deed) {
            case "destroy" -> socket.destroy().destroy();
            case "fail" ->
                socket.destroy(new ChagresException("EX", "no more")).destroy(new ChagresException("EX", "nor more"));
            case "reset" -> socket.resetAndDestroy();
            default -> throw new IllegalStateException("no more");
        }
    }

    private static String[] expected(String event, String deed, String... whole) {
        List<String> seen = new ArrayList<>();
        for (String now : whole) {
            if (!now.equals("ready")) {
                seen.add(now);
            }
            if (now.startsWith(event)) {
                seen.add("-- " + deed);
                if (deed.equals("listener throws")) {
                    seen.add("uncaught no more");
                } else if (!event.equals("close")) {
                    seen.addAll(deed.equals("fail") ? List.of("error no more", "close true") : List.of("close false"));
                    break;
                }
            }
        }
        return seen.toArray(String[]::new);
    }
}
