package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Haproxy;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Program;
import io.chagres.fixture.Talk;
import io.chagres.fixture.Waits;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** examples/BehindABalancer.java, behind HAProxy and alone. */
@ExtendWith(HangGuard.class)
class BehindABalancerTest {

    private static final String CLIENT = "127.0.0.5";
    private static final List<String> LONG_DRAIN = List.of("-DdrainMillis=60000");
    private static final List<String> SHORT_DRAIN = List.of("-DdrainMillis=1");

    @TempDir
    private Path folder;

    /** A request from another address of this machine than the balancer's; "" if the server closes without an answer. */
    private static String get(int port, String beginning) throws IOException {
        try (Socket client = new Socket("127.0.0.1", port, InetAddress.getByName(CLIENT), 0)) {
            client.setSoTimeout(30_000);
            Talk.send(client, beginning + "GET / HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n");
            return Talk.allText(client);
        } catch (IOException reset) {
            return "";
        }
    }

    /** HAProxy asks every 50 ms, and sends no more clients once two answers were 503. */
    @Test
    void theBalancerNamesTheClientAndNoticesTheDrain() throws Exception {
        Program.require("haproxy");
        int front = Peer.deadPort();
        try (ExampleProcess app = ExampleProcess.listening(LONG_DRAIN, "BehindABalancer");
                Haproxy haproxy = Haproxy.start(
                        folder,
                        front,
                        "listen www\n  mode http\n  bind 127.0.0.1:" + front
                                + "\n  option httpchk GET /health\n  server app 127.0.0.1:" + app.port()
                                + " send-proxy-v2 check inter 50 fall 2 rise 1\n")) {
            String answer = get(front, "");
            assertTrue(answer.startsWith("HTTP/1.1 200 OK") && answer.contains("\r\n\r\n" + CLIENT + ":"), answer);
            assertTrue(answer.contains(" through 127.0.0.1:"), answer);
            app.signal("INT");
            assertEquals("draining", app.nextLine());
            Waits.until("HAProxy has no server", () -> isUnavailable(front));
            assertTrue(app.isAlive());
        }
    }

    private static boolean isUnavailable(int front) {
        try {
            return get(front, "").startsWith("HTTP/1.1 503 Service Unavailable");
        } catch (IOException closed) {
            return false;
        }
    }

    @Test
    void aClientThatLiesAboutItsAddressIsRefused() throws Exception {
        try (ExampleProcess app = ExampleProcess.listening(SHORT_DRAIN, "BehindABalancer")) {
            assertEquals("", get(app.port(), "PROXY TCP4 192.0.2.7 127.0.0.1 51234 80\r\n"));
            String dropped = app.nextError();
            assertTrue(dropped.matches("dropped 127\\.0\\.0\\.5:\\d+: PROXY_HEADER_UNTRUSTED"), dropped);
            app.assertExits();
        }
    }
}
