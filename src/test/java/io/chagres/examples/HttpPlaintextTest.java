package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Program;
import io.chagres.fixture.Talk;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** examples/HttpPlaintext.java, seen by curl, wrk and other clients. */
@ExtendWith(HangGuard.class)
class HttpPlaintextTest {

    private static final int MEBI = 1 << 20;
    private static final String GET = "GET /plaintext HTTP/1.1\r\nHost: here\r\n\r\n";
    private static final String GET_LAST = "GET /plaintext HTTP/1.1\r\nHost: here\r\nconnection:  CLOSE\r\n\r\n";
    private static final String BODY = "Hello, World!";

    private static ExampleProcess server;

    @BeforeAll
    static void start() throws Exception {
        server = ExampleProcess.listening(List.of("-Xmx32m"), "HttpPlaintext");
    }

    @AfterAll
    static void stop() throws Exception {
        server.assertExits();
    }

    private static String url(String path) {
        return "http://127.0.0.1:" + server.port() + path;
    }

    /** Returns all answers to {@code requests}, after which the client half-closes, without the dates. */
    private static String ask(String requests) throws IOException {
        try (Socket client = server.connect()) {
            return Talk.ask(client, requests).replaceAll("Date: [^\r]+\r\n", "");
        }
    }

    private static String response(String status, String body, String more) {
        return "HTTP/1.1 " + status + "\r\nContent-Type: text/plain\r\nContent-Length: " + body.length() + "\r\n" + more
                + "\r\n" + body;
    }

    @Test
    void twoCurlRequestsUseOneConnection() throws Exception {
        String line = "%{http_code} %{http_version} %{content_type} %{num_connects}\n";
        String printed = Program.run("curl", "-s", "-w", "\n" + line, url("/plaintext"), url("/plaintext"));
        assertEquals(BODY + "\n200 1.1 text/plain 1\n" + BODY + "\n200 1.1 text/plain 0", printed);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "-I   | /plaintext | HTTP/1.1 200 OK              | 13",
                "-i   | /elsewhere | HTTP/1.1 404 Not Found       | 26",
                "-i0  | /plaintext | HTTP/1.1 200 OK              | 13",
                "-id1 | /plaintext | HTTP/1.1 501 Not Implemented | 45"
            })
    void everyKindOfCurlRequestIsAnswered(String option, String path, String status, String length) throws Exception {
        List<String> lines =
                Program.run("curl", "-s", option, url(path)).lines().toList();
        assertEquals(status, lines.get(0));
        assertTrue(lines.contains("Content-Length: " + length), lines::toString);
    }

    @Test
    void wrkFindsNoErrors() throws Exception {
        String printed = Program.run("wrk", "-d1s", "-c8", "-t1", url("/plaintext"));
        System.out.println("HttpPlaintextTest: "
                + printed.lines().filter(line -> line.contains("requests in")).toList());
        assertTrue(printed.contains("Requests/sec"), printed);
        assertFalse(printed.contains("Non-2xx") || printed.contains("Socket errors"), printed);
        assertFalse(printed.contains(" 0 requests in"), printed);
    }

    @Test
    void theDateFieldIsTheCurrentTime() throws IOException {
        try (Caller client = new Caller(server)) {
            client.say(GET);
            client.hear("HTTP/1.1 200 OK");
            String line = client.nextLine();
            assertTrue(line.matches("Date: \\w{3}, \\d\\d \\w{3} \\d{4} \\d\\d:\\d\\d:\\d\\d GMT"), line);
            Instant date = ZonedDateTime.parse(line.substring(6), DateTimeFormatter.RFC_1123_DATE_TIME)
                    .toInstant();
            assertTrue(Duration.between(date, Instant.now()).abs().toSeconds() < 30, line);
        }
    }

    @Test
    void pipelinedRequestsAreAnsweredInOrder() throws IOException {
        String other = "GET /other HTTP/1.1\r\nHost: here\r\n\r\n";
        String head = "HEAD /plaintext HTTP/1.1\r\nHost: here\r\n\r\n";
        String found = response("200 OK", BODY, "");
        String headOnly = found.substring(0, found.length() - BODY.length());
        String notFound = response("404 Not Found", "There is only /plaintext.\n", "");
        assertEquals(found + notFound + headOnly + found + found, ask(GET + other + head + GET + GET));
    }

    @Test
    void aRequestMayArriveByteByByte() throws IOException {
        try (Socket client = server.connect()) {
            client.setTcpNoDelay(true);
            for (byte one : (GET + GET_LAST).getBytes(StandardCharsets.US_ASCII)) {
                client.getOutputStream().write(one);
            }
            String all = Talk.allText(client).replaceAll("Date: [^\r]+\r\n", "");
            assertEquals(response("200 OK", BODY, "") + response("200 OK", BODY, "Connection: close\r\n"), all);
        }
    }

    /** The client does not end, and bytes after its last request are not answered. */
    @Test
    void aRequestWithConnectionCloseGetsAnEnd() throws IOException {
        try (Socket client = server.connect()) {
            Talk.send(client, GET_LAST + GET + "x".repeat(20_000));
            String all = Talk.allText(client).replaceAll("Date: [^\r]+\r\n", "");
            assertEquals(response("200 OK", BODY, "Connection: close\r\n"), all);
        }
    }

    @Test
    void theExitEndsIdleConnections() throws Exception {
        try (ExampleProcess other = ExampleProcess.listening("HttpPlaintext");
                Socket client = other.connect()) {
            Talk.send(client, GET);
            assertTrue(Talk.text(client, answerLength()).endsWith(BODY));
            other.signal("INT");
            assertEquals(-1, client.getInputStream().read());
            client.close();
            assertEquals(0, other.exitStatus());
        }
    }

    @Test
    void textThatIsNoRequestIsRefused() throws IOException {
        String close = "Connection: close\r\n";
        assertEquals(response("400 Bad Request", "This is not HTTP/1.\n", close), ask("what?\r\n\r\n" + GET));
        assertEquals(
                response("431 Request Header Fields Too Large", "Say it in 8 KiB.\n", close),
                ask("GET /" + "x".repeat(9000)));
    }

    /** The server does not make millions of answers that the client does not read: the client is held back until it reads. */
    @Test
    void aClientThatDoesNotReadIsHeldBack() throws Exception {
        byte[] requests = GET.repeat(16 * MEBI / GET.length()).getBytes(StandardCharsets.US_ASCII);
        try (Socket slow = server.connect()) {
            Sender sender = new Sender(slow, requests, 0, requests.length);
            sender.awaitDoneOrStuck();
            assertTrue(sender.sent() < requests.length, "all was taken");
            assertTrue(ask(GET).endsWith(BODY));
            long length = slow.getInputStream().transferTo(OutputStream.nullOutputStream());
            assertEquals((long) requests.length / GET.length() * answerLength(), length);
            sender.join();
        }
    }

    private static int answerLength() throws IOException {
        try (Socket client = server.connect()) {
            return Talk.ask(client, GET).length();
        }
    }
}
