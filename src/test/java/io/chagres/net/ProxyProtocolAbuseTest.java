package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.address.SocketAddress;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.UnixPeer;
import io.chagres.loop.Loop;
import io.chagres.proxy.ProxyHeader;
import io.chagres.proxy.SslTlv;
import io.chagres.proxy.Tlv;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Headers with changed bytes, one a connection, beside a good connection. Unix sockets leave no TIME_WAIT behind. */
@ConnectionTest
class ProxyProtocolAbuseTest {

    private static final int HEADERS = 10_000;
    private static final int BATCH = 100;
    private static final String LINE = "PROXY TCP4 192.0.2.7 203.0.113.1 51234 443\r\n";

    @TempDir
    private Path folder;

    private static byte[][] goodHeaders() {
        ProxyHeader header = ProxyHeader.of(new SocketAddress("2001:db8::1", 1), new SocketAddress("2001:db8::2", 2));
        Tlv ssl = SslTlv.of(1, 0, Tlv.of(SslTlv.VERSION, "TLSv1.3")).toTlv();
        return new byte[][] {
            LINE.getBytes(StandardCharsets.US_ASCII),
            header.encodeV1().array(),
            header.encodeV2().array(),
            header.withTlv(Tlv.authority("example.org")).withTlv(ssl).encodeV2().array(),
            header.withChecksum().withTlv(Tlv.uniqueId(new byte[9])).encodeV2().array(),
            ProxyHeader.ofPaths("/a", "/b").encodeV2().array(),
            ProxyHeader.local().encodeV2().array()
        };
    }

    @Test
    void tenThousandChangedHeadersDoNoHarm(Loop loop) {
        ServerOptions options = ServerOptions.defaults().proxyProtocol(ProxyProtocol.required());
        Server server = Net.createServer(loop, options, socket -> socket.pipe(socket));
        server.listen(ListenOptions.atPath(folder.resolve("socket").toString()));
        try (UnixPeer<Integer> peer = Place.client(server, good -> {
            UnixPeer.send(good, LINE);
            int closed = 0;
            Random random = new Random(20_241_130);
            while (closed < HEADERS) {
                closed += sendBatch(good, random);
                UnixPeer.send(good, "still here");
                assertEquals("still here", UnixPeer.text(good, 10));
            }
            loop.execute(server::close);
            return closed;
        })) {
            loop.run();
            assertEquals(HEADERS, peer.result());
        }
        assertEquals(0, server.connectionCount());
        assertEquals(HEADERS + 1, server.acceptedCount() + server.droppedCount());
        assertTrue(server.acceptedCount() > 100 && server.droppedCount() > 1_000, server::toString);
    }

    private static byte[] changed(byte[][] headers, Random random) {
        byte[] header = headers[random.nextInt(headers.length)].clone();
        for (int changes = random.nextInt(4); changes > 0; changes--) {
            header[random.nextInt(header.length)] = (byte) random.nextInt(256);
        }
        return header;
    }

    /** Sends headers on connections of their own, and an end on each; returns how many the server has closed. */
    private static int sendBatch(SocketChannel good, Random random) throws IOException {
        byte[][] headers = goodHeaders();
        List<SocketChannel> channels = new ArrayList<>();
        for (int i = 0; i < BATCH; i++) {
            SocketChannel channel = Place.another(good);
            channels.add(channel);
            channel.write(ByteBuffer.wrap(changed(headers, random)));
            shutDown(channel);
        }
        int closed = 0;
        for (SocketChannel channel : channels) {
            closed += awaitEnd(channel);
        }
        return closed;
    }

    private static void shutDown(SocketChannel channel) {
        try {
            channel.shutdownOutput();
        } catch (IOException closedByTheServer) {
            // the read finds the same
        }
    }

    private static int awaitEnd(SocketChannel channel) {
        try (channel) {
            return channel.read(ByteBuffer.allocate(300)) < 0 ? 1 : readOn(channel);
        } catch (IOException closedWithBytesUnread) {
            return 1;
        }
    }

    /** Reads the echo of bytes that were behind a header. */
    private static int readOn(SocketChannel channel) throws IOException {
        ByteBuffer rest = ByteBuffer.allocate(300);
        while (channel.read(rest.clear()) >= 0) {
            assertTrue(rest.position() > 0);
        }
        return 1;
    }
}
