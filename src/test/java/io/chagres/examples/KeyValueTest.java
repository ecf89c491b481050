package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Program;
import io.chagres.fixture.Talk;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** examples/KeyValue.java, seen by redis-cli, redis-benchmark and other clients. */
@ExtendWith(HangGuard.class)
class KeyValueTest {

    private static final int MEBI = 1 << 20;

    private static ExampleProcess server;

    @BeforeAll
    static void start() throws Exception {
        server = ExampleProcess.listening(List.of("-Xmx64m"), "KeyValue");
    }

    @AfterAll
    static void stop() throws Exception {
        server.assertExits();
    }

    private static String port() {
        return Integer.toString(server.port());
    }

    private static String ask(String requests) throws IOException {
        try (Socket client = server.connect()) {
            return Talk.ask(client, requests).replace("\r\n", "|");
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "ping                          ; PONG",
                "ping hello                    ; \"hello\"",
                "echo \"a b\"                  ; \"a b\"",
                "get nothing                   ; (nil)",
                "set a 1 | get a               ; OK | \"1\"",
                "set b 7 | incr b | get b      ; OK | (integer) 8 | \"8\"",
                "incr c | incr c               ; (integer) 1 | (integer) 2",
                "set d x | incr d              ; OK | (error) ERR value is not an integer or out of range",
                "set e 1 | set f 1 | del e f g ; OK | OK | (integer) 2",
                "ttl nothing                   ; (integer) -2",
                "set h 1 | ttl h               ; OK | (integer) -1",
                "set i 1 ex 100 | ttl i        ; OK | (integer) 100",
                "set j 1 | expire j 50 | ttl j ; OK | (integer) 1 | (integer) 50",
                "expire nothing 5              ; (integer) 0",
                "set k 1 | expire k 0 | get k  ; OK | (integer) 1 | (nil)",
                "set l 1 ex 9 | set l 2 | ttl l; OK | OK | (integer) -1",
                "set m 1 nx 5                  ; (error) ERR syntax error",
                "set m 1 ex 0                  ; (error) ERR invalid expire time in 'set' command",
                "set m 1 ex 99999999999999999  ; (error) ERR value is not an integer or out of range",
                "Get                           ; (error) ERR wrong number of arguments for 'Get' command",
                "lpush a b                     ; (error) ERR unknown command 'lpush'"
            })
    void theRepliesToRedisCliAreThoseOfRedis(String commands, String replies) throws Exception {
        String printed =
                Program.runWith(commands.replaceAll(" *\\| *", "\n") + "\n", "redis-cli", "--no-raw", "-p", port());
        assertEquals(replies, printed.replaceAll("\n+", " | "));
    }

    @Test
    void redisBenchmarkFindsNoErrors() throws Exception {
        String printed = Program.run(
                "redis-benchmark",
                "-p",
                port(),
                "-t",
                "ping,set,get,incr",
                "-P",
                "16",
                "-n",
                "2000",
                "-c",
                "8",
                "--csv");
        List<String> tests = printed.lines().map(line -> line.split(",")[0]).toList();
        assertEquals(List.of("\"test\"", "\"PING_INLINE\"", "\"PING_MBULK\"", "\"SET\"", "\"GET\"", "\"INCR\""), tests);
        assertFalse(printed.contains("WARNING") || printed.contains("rror"), printed);
    }

    @Test
    void keysAndValuesMayHaveAnyBytes() throws IOException {
        byte[] noise = Talk.noise(5, 300_000);
        try (Socket client = server.connect()) {
            Talk.send(client, array("SET".getBytes(), noise, noise));
            assertEquals("+OK\r\n", Talk.text(client, 5));
            Talk.send(client, array("GET".getBytes(), noise));
            assertEquals("$300000\r\n", Talk.text(client, 9));
            assertArrayEquals(noise, client.getInputStream().readNBytes(noise.length));
        }
    }

    private static byte[] array(byte[]... words) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        bytes.write(("*" + words.length + "\r\n").getBytes());
        for (byte[] word : words) {
            bytes.write(("$" + word.length + "\r\n").getBytes());
            bytes.write(word);
            bytes.write("\r\n".getBytes());
        }
        return bytes.toByteArray();
    }

    @Test
    void aRequestMayArriveByteByByte() throws IOException {
        String requests = "*3\r\n$3\r\nSET\r\n$2\r\nzz\r\n$2\r\n\r\n\r\nget zz\r\n\r\n*0\r\nPING\n*1\r\n$4\r\nPING\r\n";
        try (Socket client = server.connect()) {
            client.setTcpNoDelay(true);
            for (byte one : requests.getBytes(StandardCharsets.US_ASCII)) {
                client.getOutputStream().write(one);
            }
            client.shutdownOutput();
            assertEquals("+OK|$2|||+PONG|+PONG|", Talk.allText(client).replace("\r\n", "|"));
        }
    }

    /** A request that cannot be understood is answered, and then nothing more is read. */
    @ParameterizedTest
    @CsvSource(
            delimiter = ';',
            value = {
                "*1|foo|                 ; expected '$', got 'f'",
                "*x|                     ; invalid multibulk length",
                "*1025|                  ; invalid multibulk length",
                "*1|$-5|                 ; invalid bulk length",
                "*1|$1048577|            ; invalid bulk length",
                "*1|$99999999999999999|  ; invalid bulk length",
                "*1|$4|PINGPING|         ; expected the end of a bulk"
            })
    void aProtocolErrorIsAnsweredAndEndsTheConnection(String request, String message) throws IOException {
        assertEquals(
                "+PONG|-ERR Protocol error: " + message + "|",
                ask("PING\r\n" + request.replace("|", "\r\n") + "PING\r\n"));
    }

    @Test
    void aLineWithoutEndIsRefused() throws IOException {
        try (Socket client = server.connect()) {
            Talk.send(client, "x".repeat(MEBI + 1));
            assertEquals("-ERR Protocol error: too big inline request\r\n", Talk.allText(client));
        }
    }

    @Test
    void anExpiredKeyIsRemoved() throws Exception {
        assertEquals("+OK|", ask("SET brief 1 PX 30\r\n"));
        ExampleProcess.await("still there", () -> {
            try {
                return ask("GET brief\r\n").equals("$-1|");
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        });
    }

    /** A client that asks for 256 MiB and does not read gets them one after the other, from a heap of 64 MiB. */
    @Test
    void aClientThatDoesNotReadIsHeldBack() throws Exception {
        byte[] noise = Talk.noise(6, MEBI);
        byte[] requests = "GET big\r\n".repeat(256).getBytes();
        try (Socket client = server.connect()) {
            Talk.send(client, array("SET".getBytes(), "big".getBytes(), noise));
            assertEquals("+OK\r\n", Talk.text(client, 5));
            Talk.send(client, requests);
            client.shutdownOutput();
            assertEquals("+PONG|", ask("PING\r\n"));
            for (int i = 0; i < 256; i++) {
                assertEquals("$1048576\r\n", Talk.text(client, 10));
                assertArrayEquals(noise, client.getInputStream().readNBytes(MEBI));
                assertEquals("\r\n", Talk.text(client, 2));
            }
            assertEquals(-1, client.getInputStream().read());
        }
        assertTrue(server.isAlive());
    }
}
