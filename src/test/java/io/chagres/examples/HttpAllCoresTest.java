package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Talk;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** examples/HttpAllCores.java. */
@ExtendWith(HangGuard.class)
class HttpAllCoresTest {

    @Test
    void eachLoopAnswersAndCtrlCEndsTheProgram() throws Exception {
        try (ExampleProcess server = ExampleProcess.listening("HttpAllCores", "127.0.0.1", "DEALER", "3")) {
            List<Socket> clients = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                clients.add(server.connect());
            }
            for (Socket client : clients) {
                try (client) {
                    String answer = Talk.ask(client, "GET /plaintext HTTP/1.1\r\nHost: here\r\n\r\n");
                    assertTrue(answer.endsWith("Hello, World!"), answer);
                }
            }
            server.signal("INT");
            for (int i = 0; i < 3; i++) {
                String line = server.nextLine();
                assertTrue(line.matches("loop " + i + ": [123] connections"), line);
            }
            assertEquals(0, server.exitStatus());
        }
    }
}
