package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.conformance.Covers;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Talk;
import java.io.IOException;
import java.net.ConnectException;
import java.net.Socket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(HangGuard.class)
class EchoServerSignalsTest {

    @ParameterizedTest
    @ValueSource(strings = {"INT", "TERM"})
    @Covers({"S111", "S112", "S114"})
    void afterASignalTheServerExitsWhenTheLastClientHasLeft(String signal) throws Exception {
        try (ExampleProcess server = ExampleProcess.listening("EchoServer");
                Socket first = server.connect();
                Socket second = server.connect()) {
            assertEcho(first, "before");
            assertEcho(second, "before");
            server.signal(signal);
            assertEquals("closing: 2 clients are still here", server.nextLine());
            assertThrows(ConnectException.class, server::connect);
            assertEcho(first, "after");
            first.close();
            assertEcho(second, "after");
            assertTrue(server.isAlive());
            second.close();
            assertEquals(0, server.exitStatus());
        }
    }

    @Test
    @Covers("S114")
    void aServerWithoutClientsExitsAtTheFirstSignal() throws Exception {
        try (ExampleProcess server = ExampleProcess.listening("EchoServer")) {
            server.signal("INT");
            assertEquals("closing: 0 clients are still here", server.nextLine());
            assertEquals(0, server.exitStatus());
        }
    }

    @Test
    void aServerExitsAtOnceAtTheSecondSignal() throws Exception {
        try (ExampleProcess server = ExampleProcess.listening("EchoServer");
                Socket client = server.connect()) {
            assertEcho(client, "here");
            server.signal("INT");
            assertEquals("closing: 1 clients are still here", server.nextLine());
            server.signal("TERM");
            assertEquals("leaving at once", server.nextLine());
            assertNotEquals(0, server.exitStatus());
        }
    }

    private static void assertEcho(Socket client, String text) throws IOException {
        Talk.send(client, text);
        assertEquals(text, Talk.text(client, text.length()));
    }
}
