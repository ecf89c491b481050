package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Talk;
import java.io.IOException;
import java.net.Socket;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Hostile clients of examples/HttpPlaintext.java.
 *
 * <p>If two servers may find different ends of a request, the request can smuggle another one past the first server:
 * RFC 9112, 11.2. Such a request gets one answer, and the connection is closed.
 */
@ExtendWith(HangGuard.class)
@Timeout(60)
class HttpPlaintextAbuseTest {

    private static final Pattern STATUS = Pattern.compile("HTTP/1\\.1 (\\d{3}) ");
    private static final String GET = "GET /plaintext HTTP/1.1\r\n";
    private static final String HOST = "Host: here\r\n";
    private static final String SMUGGLED = "GET /plaintext HTTP/1.1\r\nHost: a\r\n\r\n";

    private static ExampleProcess server;

    @BeforeAll
    static void start() throws Exception {
        server = ExampleProcess.listening(List.of("-Xmx32m", "-DrequestMillis=500"), "HttpPlaintext");
    }

    @AfterAll
    static void stop() throws Exception {
        server.assertExits();
    }

    /** Returns the numbers of all answers to {@code requests}. The server ends the connection, since the client does not end. */
    private static List<String> answers(String requests) throws IOException {
        try (Socket client = server.connect()) {
            Talk.send(client, requests);
            return STATUS.matcher(Talk.allText(client))
                    .results()
                    .map(found -> found.group(1))
                    .toList();
        }
    }

    private static String unescaped(String text) {
        return text.replace("\\r", "\r")
                .replace("\\n", "\n")
                .replace("\\t", "\t")
                .replace("\\0", "\0");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "Content-Length : 38",
                "Content-Length\\t: 38",
                " Content-Length: 38",
                "X: a\\r\\n Content-Length: 38",
                "X: a\\r\\n\\tb",
                "X: a\\nContent-Length: 38",
                "X: a\\rContent-Length: 38",
                "X: a\\r",
                "X: a\\0b",
                ": 38",
                "Content-Length",
                "X y: 1",
                "Content-Length: 5\\r\\nContent-Length: 38",
                "Content-Length: 38\\r\\nContent-Length: 38",
                "Content-Length: 38, 38",
                "Content-Length: +38",
                "Content-Length: -1",
                "Content-Length: 0x26",
                "Content-Length:",
                "Content-Length: 3 8",
                "Content-Length: 99999999999999999999",
                "Transfer-Encoding: chunked\\r\\nContent-Length: 38",
                "Content-Length: 38\\r\\nTransfer-Encoding: identity",
                "Host: there"
            })
    void aFieldThatTheStandardForbidsIsRefused(String field) throws IOException {
        assertEquals(List.of("400"), answers(GET + HOST + unescaped(field) + "\r\n\r\n" + SMUGGLED));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GET  /plaintext HTTP/1.1",
                "GET\\t/plaintext\\tHTTP/1.1",
                "GET /plaintext HTTP/1.1 ",
                " GET / HTTP/1.1",
                "GET /plain text HTTP/1.1",
                "GET /plaintext http/1.1",
                "GET /plaintext HTTP/1.10",
                "GET /plaintext HTTP/2.0",
                "GET /plaintext",
                "G(T /plaintext HTTP/1.1",
                "GET /\\0 HTTP/1.1",
                "GET /plaintext\\n HTTP/1.1",
                "\\r\\n"
            })
    void aRequestLineThatTheStandardForbidsIsRefused(String line) throws IOException {
        assertEquals(List.of("400"), answers(unescaped(line) + "\r\n" + HOST + "\r\n" + SMUGGLED));
    }

    @Test
    void aRequestWithoutAHostIsRefused() throws IOException {
        assertEquals(List.of("400"), answers(GET + "\r\n" + SMUGGLED));
        assertEquals(List.of("200"), answers("GET /plaintext HTTP/1.0\r\n\r\n" + SMUGGLED));
    }

    @ParameterizedTest
    @CsvSource({"Transfer-Encoding: chunked", "Content-Length: 38"})
    void theConnectionIsClosedAfterABodyThatIsNotRead(String field) throws IOException {
        assertEquals(List.of("501"), answers(GET + HOST + field + "\r\n\r\n" + SMUGGLED));
    }

    @Test
    void anEmptyBodyAndAnEmptyLineBeforeARequestAreAllowed() throws IOException {
        String last = GET + HOST + "Connection: keep-alive, Close\r\n\r\n";
        assertEquals(
                List.of("200", "200"),
                answers("\r\n" + GET + HOST + "Content-Length: 0\r\n\r\n\r\n" + last + SMUGGLED));
    }

    @Test
    void aHeadHasALimitOfBytesAndOfFields() throws IOException {
        assertEquals(List.of("431"), answers(GET + HOST + "X: " + "x".repeat(9000) + "\r\n\r\n" + SMUGGLED));
        assertEquals(List.of("431"), answers(GET + HOST + "X:\r\n".repeat(100) + "\r\n" + SMUGGLED));
        assertEquals(List.of("400"), answers(GET + HOST + "X:" + " ".repeat(8000) + "\0\r\n\r\n" + SMUGGLED));
    }

    @Test
    void aRequestThatTakesTooLongIsRefused() throws IOException {
        assertEquals(List.of("200", "408"), answers(GET + HOST + "\r\n" + GET));
    }

    @Test
    void aClientThatDoesNotEndAfterItsLastAnswerIsDisconnected() throws IOException {
        try (Socket client = server.connect()) {
            Talk.send(client, GET + HOST + "Connection: close\r\n\r\n");
            Talk.allText(client);
            ExampleProcess.await("still connected", () -> !accepts(client));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Returns whether the server accepts bytes. A reset is noticed at the second write, if not at the first. */
    private static boolean accepts(Socket client) {
        try {
            Talk.send(client, "x");
            return true;
        } catch (IOException reset) {
            return false;
        }
    }
}
