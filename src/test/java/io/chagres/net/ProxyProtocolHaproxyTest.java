package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Haproxy;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Program;
import io.chagres.fixture.Talk;
import io.chagres.fixture.Waits;
import io.chagres.loop.Loop;
import io.chagres.proxy.ProxyHeader;
import io.chagres.proxy.Tlv;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** HAProxy and curl as senders of headers: the server sees the address of the client, 127.0.0.5. */
@ConnectionTest
@Tag("host")
class ProxyProtocolHaproxyTest {

    private static final String CLIENT = "127.0.0.5";

    @TempDir
    private Path folder;

    private final Journal journal = new Journal();

    private Server server(Loop loop) {
        ProxyProtocol protocol = ProxyProtocol.required().from(Local.HOST);
        return Net.createServer(loop, ServerOptions.defaults().proxyProtocol(protocol), socket -> {
            socket.onError(error -> {}); // of a client that only looked whether HAProxy listens
            ProxyHeader header = socket.proxyHeader();
            boolean hasId = header.uniqueId() != null && header.tlv(Tlv.CRC32C) != null;
            journal.add(socket.remoteAddress().address() + " by version " + header.version()
                    + (hasId ? ", unique id" : ""));
            socket.onText(StandardCharsets.UTF_8, text -> socket.end(text + " to you"));
        });
    }

    /** A client of each front: {@code send-proxy}, {@code send-proxy-v2}, and version 2 with a unique id and a checksum. */
    @Test
    void theClientOfHaproxyHasItsAddress(Loop loop) throws Exception {
        Program.require("haproxy");
        Server server = server(loop);
        int target = server.listen(0, Local.HOST).address().port();
        int[] fronts = {Peer.deadPort(), Peer.deadPort(), Peer.deadPort()};
        try (Haproxy haproxy = Haproxy.start(folder, fronts[2], sections(target, fronts));
                Peer<String> clients = Peer.client(fronts[2], probe -> {
                    String answers = "";
                    for (int front : fronts) {
                        answers += helloFrom(front) + ", ";
                    }
                    loop.execute(server::closeAllConnections);
                    loop.execute(server::close);
                    return answers;
                })) {
            loop.run();
            assertEquals("hello to you, hello to you, hello to you, ", clients.result());
        }
        assertEquals(1, journal.count(CLIENT + " by version 1"));
        assertEquals(1, journal.count(CLIENT + " by version 2"));
        assertEquals(1, journal.count(CLIENT + " by version 2, unique id"));
    }

    private static String sections(int target, int... fronts) {
        String[] options = {"send-proxy", "send-proxy-v2", "send-proxy-v2 proxy-v2-options unique-id,crc32c,ssl"};
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < fronts.length; i++) {
            text.append("listen front" + i + "\n  mode tcp\n  bind 127.0.0.1:" + fronts[i]
                    + "\n  unique-id-format %{+X}o\\ %ci:%cp\n  server app 127.0.0.1:" + target + " " + options[i]
                    + "\n");
        }
        return text.toString();
    }

    private static String helloFrom(int port) throws Exception {
        try (Socket socket = new Socket(Local.HOST, port, InetAddress.getByName(CLIENT), 0)) {
            return Talk.ask(socket, "hello");
        }
    }

    @Test
    void curlSendsTheAddressThatItHas(Loop loop) throws Exception {
        Program.require("curl");
        ProxyProtocol protocol = ProxyProtocol.required();
        Server server = Net.createServer(loop, ServerOptions.defaults().proxyProtocol(protocol), socket -> {
            String body = socket.remoteAddress().address();
            socket.resume();
            socket.end("HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body);
        });
        int port = server.listen(0, Local.HOST).address().port();
        server.onConnection(socket -> server.close());
        Thread runs = Thread.ofPlatform().start(() -> {
            try {
                journal.add(Program.run(
                        "curl",
                        "-sS",
                        "-m",
                        "20",
                        "--haproxy-protocol",
                        "--interface",
                        CLIENT,
                        "http://127.0.0.1:" + port));
            } catch (Exception failed) {
                journal.add(failed.toString());
            }
        });
        loop.run();
        Waits.join(runs);
        journal.expect(CLIENT);
    }
}
