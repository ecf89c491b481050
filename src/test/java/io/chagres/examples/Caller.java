package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.chagres.fixture.Talk;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.charset.StandardCharsets;

/** A client that sends and reads lines: a plain java.net socket. */
final class Caller implements AutoCloseable {

    private final Socket socket;
    private final BufferedReader lines;

    Caller(ExampleProcess server) throws IOException {
        socket = server.connect();
        lines = new BufferedReader(new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
    }

    Socket socket() {
        return socket;
    }

    /** Sends {@code text} unchanged: its lines end in \n. */
    void say(String text) throws IOException {
        Talk.send(socket, text);
    }

    /** Expects these lines as the next ones. */
    void hear(String... expected) throws IOException {
        for (String line : expected) {
            assertEquals(line, lines.readLine());
        }
    }

    /** The next line. */
    String nextLine() throws IOException {
        return lines.readLine();
    }

    void hearEnd() throws IOException {
        assertNull(lines.readLine());
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
