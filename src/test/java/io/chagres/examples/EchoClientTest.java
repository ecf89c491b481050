package io.chagres.examples;

import static java.util.stream.Collectors.joining;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HangGuard.class)
class EchoClientTest {

    private static ExampleProcess clientOf(int port) throws Exception {
        return ExampleProcess.start("EchoClient", Integer.toString(port));
    }

    @Test
    void theClientPrintsTheEchoAndEndsAfterTheServer() throws Exception {
        try (Peer<String> server = Peer.server(socket -> {
                    assertEquals("gr\u00fc\u00df dich\n", Talk.text(socket, 12));
                    Talk.send(socket, "one\ntwo\n");
                    String rest = Talk.allText(socket);
                    Talk.send(socket, "bye\n");
                    return rest;
                });
                ExampleProcess client = clientOf(server.port())) {
            client.type("gr\u00fc\u00df dich\n");
            assertEquals("one", client.nextLine());
            assertEquals("two", client.nextLine());
            client.type("a line\nand half of one");
            client.typeEnd();
            assertEquals("a line\nand half of one\n", server.result());
            assertEquals("bye", client.nextLine());
            assertEquals(0, client.exitStatus());
        }
    }

    /** More than a mebibyte, echoed by a server of Chagres. */
    @Test
    void manyLinesAreEchoedInOrder() throws Exception {
        String lines = IntStream.range(0, 20_000)
                .mapToObj(i -> "line " + i + " of very many, which are all alike\n")
                .collect(joining());
        try (ExampleProcess server = ExampleProcess.listening("EchoServer");
                ExampleProcess client = clientOf(server.port())) {
            client.type(lines);
            client.typeEnd();
            for (String line : lines.split("\n")) {
                assertEquals(line, client.nextLine());
            }
            assertEquals(0, client.exitStatus());
        }
    }

    @Test
    void theClientExitsWithTheServerWhileItsInputIsOpen() throws Exception {
        try (Peer<String> server = Peer.server(socket -> Talk.text(socket, 3));
                ExampleProcess client = clientOf(server.port())) {
            client.type("hi\n");
            assertEquals("hi\n", server.result());
            assertEquals(0, client.exitStatus());
        }
    }

    @Test
    void aPortWithoutAListenerIsReported() throws Exception {
        int port = Peer.deadPort();
        try (ExampleProcess client = clientOf(port)) {
            assertEquals("EchoClient: connect ECONNREFUSED 127.0.0.1:" + port, client.nextError());
            assertEquals(1, client.exitStatus());
        }
    }
}
