package io.chagres.examples;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.FullBacklog;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** examples/Socks5.java byte for byte, with clients that break RFC 1928 or keep silent. The bytes of a text are its characters. */
@ExtendWith(HangGuard.class)
@Timeout(60)
class Socks5AbuseTest {

    private static final String GREETING = "\5\1\0";
    private static final String CONNECT = "\5\1\0";
    private static final String IPV4 = "\1\177\0\0\1";

    private static ExampleProcess patient;
    private static ExampleProcess strict;

    @BeforeAll
    static void start() throws Exception {
        patient = ExampleProcess.listening(List.of("-Xmx32m"), "Socks5");
        strict = ExampleProcess.listening(List.of("-Xmx32m", "-DstepMillis=500"), "Socks5");
    }

    @AfterAll
    static void stop() throws Exception {
        try (ExampleProcess first = patient;
                ExampleProcess second = strict) {
            first.assertExits();
            second.assertExits();
        }
    }

    private static void send(Socket client, String bytes) throws IOException {
        Talk.send(client, bytes.getBytes(ISO_8859_1));
    }

    private static String rest(Socket client) throws IOException {
        return new String(Talk.all(client), ISO_8859_1);
    }

    private static String port(int port) {
        return "" + (char) (port >> 8) + (char) (port & 255);
    }

    private static String reply(int code) {
        return "\5" + (char) code + "\0\1\0\0\0\0\0\0";
    }

    private static Peer<String> answering(String answer) {
        return Peer.server(socket -> {
            String question = Talk.allText(socket);
            Talk.send(socket, answer);
            return question;
        });
    }

    /** The answer follows the end of the question: the proxy forwards a half-close. */
    @Test
    void aHandshakeByteByByteIsServed() throws Exception {
        try (Peer<String> target = answering("an answer");
                Socket client = patient.connect()) {
            client.setTcpNoDelay(true);
            for (char one : (GREETING + CONNECT + IPV4 + port(target.port()) + "a question").toCharArray()) {
                send(client, "" + one);
            }
            client.shutdownOutput();
            assertEquals("\5\0" + reply(0) + "an answer", rest(client));
            assertEquals("a question", target.result());
        }
    }

    /** No byte that follows the request is lost, or taken for a part of it. */
    @Test
    void aHandshakeAndItsDataInOnePieceAreServed() throws Exception {
        String noise = new String(Talk.noise(1, 200_000), ISO_8859_1);
        try (Peer<String> target = Peer.server(socket -> new String(Talk.all(socket), ISO_8859_1));
                Socket client = patient.connect()) {
            send(client, GREETING + CONNECT + "\3\11localhost" + port(target.port()) + noise);
            client.shutdownOutput();
            assertEquals("\5\0" + reply(0), rest(client));
            assertEquals(noise, target.result());
        }
    }

    private static String answer(String request) throws IOException {
        try (Socket client = patient.connect()) {
            send(client, GREETING + request + "what follows is of no interest");
            client.shutdownOutput();
            return rest(client);
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 3, 255})
    void anotherCommandThanConnectIsAnsweredWithSeven(int command) throws Exception {
        assertEquals("\5\0" + reply(7), answer("\5" + (char) command + "\0" + IPV4 + port(9)));
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 2, 5, 255})
    void anUnknownTypeOfAddressIsAnsweredWithEight(int type) throws Exception {
        assertEquals("\5\0" + reply(8), answer(CONNECT + (char) type));
    }

    @Test
    void aPortWithoutAServerIsAnsweredWithFive() throws Exception {
        assertEquals("\5\0" + reply(5), answer(CONNECT + IPV4 + port(Peer.deadPort())));
    }

    @Test
    void aNameThatCannotExistIsAnsweredWithFour() throws Exception {
        assertEquals("\5\0" + reply(4), answer(CONNECT + "\3\377" + "a".repeat(255) + port(9)));
        assertEquals("\5\0" + reply(4), answer(CONNECT + "\3\3a\0b" + port(9)));
    }

    @Test
    void anEmptyNameIsAnsweredWithOne() throws Exception {
        assertEquals("\5\0" + reply(1), answer(CONNECT + "\3\0" + port(9)));
    }

    /** On a busy machine the limit may be over before the request has been read. Then the client tries again. */
    @Test
    void aServerThatDoesNotAcceptIsAnsweredWithFour() throws Exception {
        try (FullBacklog target = new FullBacklog()) {
            String request = GREETING + CONNECT + "\1\177\0\0\3" + port(target.port());
            String answer = "";
            for (int tries = 0; tries < 10 && answer.length() < 3; tries++) {
                try (Socket client = strict.connect()) {
                    send(client, request);
                    answer = rest(client);
                } catch (SocketException reset) {
                    answer = "";
                }
            }
            assertEquals("\5\0" + reply(4), answer);
        }
    }

    @ParameterizedTest
    @CsvSource({"'\\5\\0', '\\5\\377'", "'\\5\\1\\2', '\\5\\377'", "'\\4\\1\\0', ''"})
    void aClientThatOffersNoMethodIsRefused(String greeting, String answer) throws Exception {
        try (Socket client = patient.connect()) {
            send(client, greeting.translateEscapes());
            assertEquals(answer.translateEscapes(), rest(client));
        }
    }

    /** The last three get an answer. The proxy waits for their end, but not for long. */
    @Test
    void clientsThatDoNotGoOnAreDisconnected() throws Exception {
        List<Socket> clients = new ArrayList<>();
        for (String beginning : List.of(
                "",
                "\5",
                "\5\3\0",
                "GET / HTTP/1.1",
                GREETING,
                GREETING + CONNECT,
                GREETING + CONNECT + "\3\377name",
                "\5\1\2",
                GREETING + "\5\2\0" + IPV4 + port(9),
                GREETING + CONNECT + "\5")) {
            for (int i = 0; i < 5; i++) {
                Socket client = strict.connect();
                clients.add(client);
                send(client, beginning);
            }
        }
        for (Socket client : clients) {
            assertTrue(List.of("end", "reset").contains(Talk.ending(client)));
        }
        ExampleProcess.await("only the listener is left", () -> strict.sockets().size() == 1);
        for (Socket client : clients) {
            client.close();
        }
    }

    @Test
    void clientsThatSendNoiseAreDisconnectedAndOthersAreServed() throws Exception {
        for (int seed = 0; seed < 100; seed++) {
            byte[] noise = Talk.noise(seed, 1000);
            noise[0] = (byte) (seed % 2 == 0 ? 5 : noise[0]);
            try (Socket client = strict.connect()) {
                assertTrue(List.of("end", "reset").contains(noise(client, noise)));
            }
        }
        assertTrue(strict.isAlive());
        aHandshakeByteByByteIsServed();
    }

    private static String noise(Socket client, byte[] noise) {
        try {
            Talk.send(client, noise);
            client.shutdownOutput();
            return Talk.ending(client);
        } catch (IOException disconnectedMeanwhile) {
            return "reset";
        }
    }
}
