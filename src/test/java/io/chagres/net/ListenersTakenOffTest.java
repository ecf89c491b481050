package io.chagres.net;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;

import io.chagres.ChagresException;
import io.chagres.address.HostLookup;
import io.chagres.address.SocketAddress;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import io.chagres.stream.CloseListener;
import io.chagres.stream.Readable;
import java.net.InetAddress;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Listeners of sockets and servers that are taken off are not called any more. */
@ConnectionTest
class ListenersTakenOffTest {

    private final Journal journal = new Journal();

    @Test
    void aSocketCallsNoListenerThatWasRemoved(Loop loop) {
        Runnable never = journal.note("never");
        Consumer<Object> neverAny = any -> journal.add("never");
        Consumer<? super SocketAddress> neverAddress = neverAny::accept;
        BiConsumer<SocketAddress, ChagresException> neverFailed = (remote, error) -> journal.add("never");
        LookupListener neverLookup = (address, family, host, error) -> journal.add("never");
        CloseListener neverClose = hadError -> journal.add("never");
        Consumer<? super Readable> neverPipe = neverAny::accept;
        try (Peer<String> server = Peer.server(socket -> Talk.ask(socket, "hello"))) {
            Socket client = new Socket(loop);
            client.onLookup(neverLookup)
                    .onConnectionAttempt(neverAddress)
                    .onConnectionAttemptFailed(neverFailed)
                    .onConnectionAttemptTimeout(neverAddress)
                    .onConnect(never)
                    .onReady(never)
                    .onTimeout(never)
                    .onData(neverAny)
                    .onReadable(never)
                    .onPause(never)
                    .onResume(never)
                    .onEnd(never)
                    .onDrain(never)
                    .onFinish(never)
                    .onPipe(neverPipe)
                    .onUnpipe(neverPipe)
                    .onError(neverAny)
                    .onClose(neverClose);
            client.offLookup(neverLookup);
            client.offConnectionAttempt(neverAddress);
            client.offConnectionAttemptFailed(neverFailed);
            client.offConnectionAttemptTimeout(neverAddress);
            client.offConnect(never);
            client.offReady(never);
            client.offTimeout(never);
            client.offData(neverAny);
            client.offReadable(never);
            client.offPause(never);
            client.offResume(never);
            client.offEnd(never);
            client.offDrain(never);
            client.offFinish(never);
            client.offPipe(neverPipe);
            client.offUnpipe(neverPipe);
            client.offError(neverAny);
            client.offClose(neverClose);
            client.connect(
                            ConnectOptions.to(server.port())
                                    .lookup((host, options, answer) ->
                                            answer.accept(List.of(HostLookup.Address.of(Local.HOST)), null)),
                            never)
                    .offConnect(never);
            client.onClose(hadError -> journal.add("close"));
            client.setTimeout(60_000, never).offTimeout(never);
            client.onConnect(() -> client.resume().end("bye"));
            loop.run();
        }
        journal.expect("close");
    }

    @Test
    void aServerCallsNoListenerThatWasRemoved(Loop loop) {
        Runnable never = journal.note("never");
        Consumer<Object> neverAny = any -> journal.add("never");
        Server server = Net.createServer(loop).setMaxConnections(1);
        server.onConnection(neverAny)
                .onDrop(neverAny)
                .onListening(never)
                .onError(neverAny)
                .onClose(never);
        server.offConnection(neverAny);
        server.offDrop(neverAny);
        server.offListening(never);
        server.offError(neverAny);
        server.offClose(never);
        server.onConnection(socket -> {
            journal.add("connection");
            socket.end();
        });
        server.listen(0, Local.HOST);
        try (Peer<String> client = Peer.client(server.address().port(), socket -> {
            try (java.net.Socket dropped = new java.net.Socket(InetAddress.getByName(Local.HOST), socket.getPort())) {
                Talk.ending(dropped);
            }
            return Talk.ending(socket);
        })) {
            server.onClose(() -> journal.add("close"));
            server.onDrop(dropped -> {
                journal.add("drop");
                server.close();
            });
            loop.run();
        }
        journal.expect("connection", "drop", "close");
    }

    @Test
    void aProtocolThatGoesFromTextToAPipeLosesNoByte(Loop loop) {
        byte[] payload = {(byte) 0xe2, (byte) 0x82, 0, (byte) 0xff, 'x'};
        int port = Local.once(loop, socket -> {
            Consumer<String>[] text = onlyOne();
            text[0] = line -> {
                journal.add(line);
                socket.offText(text[0]);
                socket.pipe(socket);
            };
            socket.onText(UTF_8, text[0]);
        });
        try (Peer<byte[]> client = Peer.client(port, socket -> {
            Talk.send(socket, new byte[] {'G', 'O', '\n', payload[0], payload[1]});
            byte[] first = socket.getInputStream().readNBytes(2);
            Talk.send(socket, new byte[] {payload[2], payload[3], payload[4]});
            socket.shutdownOutput();
            byte[] rest = Talk.all(socket);
            byte[] whole = Arrays.copyOf(first, first.length + rest.length);
            System.arraycopy(rest, 0, whole, first.length, rest.length);
            return whole;
        })) {
            loop.run();
            assertArrayEquals(payload, client.result());
        }
        journal.expect("GO\n");
    }

    @Test
    void textIsWrittenAndEndedWithACallback(Loop loop) {
        int port = Local.once(loop, socket -> socket.pipe(socket));
        Socket client = Local.connect(loop, port);
        client.onText(UTF_8, journal::add);
        client.write("\u00e9", error -> journal.add("written " + error));
        client.end("!", error -> journal.add("ended " + error));
        loop.run();
        journal.expectInAnyOrder("written null", "ended null", "\u00e9!");
    }

    @SuppressWarnings("unchecked")
    private static Consumer<String>[] onlyOne() {
        return new Consumer[1];
    }
}
