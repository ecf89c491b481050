package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Peer;
import java.net.ServerSocket;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A start that fails prints one line, and the exit status is not 0. */
@ExtendWith(HangGuard.class)
class EchoServerArgumentsTest {

    private static final List<String> DENY = List.of("--illegal-native-access=deny");

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "abc   | 127.0.0.1            | EchoServer: the port must be a number, and not \"abc\"",
                "70000 | 127.0.0.1            | EchoServer: options.port should be >= 0 and < 65536. Received 70000.",
                "9     | 4.4.4.4              | EchoServer: listen EADDRNOTAVAIL: address not available 4.4.4.4:9",
                "0     | no-such-host.invalid | EchoServer: getaddrinfo ENOTFOUND no-such-host.invalid"
            })
    void aWrongArgumentIsReportedInOneLine(String port, String host, String line) throws Exception {
        try (ExampleProcess server = ExampleProcess.start("EchoServer", port, host)) {
            assertFails(server, line);
        }
    }

    @Test
    void aPortInUseIsReportedInOneLine() throws Exception {
        try (ServerSocket busy = Peer.listener("127.0.0.1", 0);
                ExampleProcess server = ExampleProcess.start("EchoServer", Integer.toString(busy.getLocalPort()))) {
            assertFails(
                    server, "EchoServer: listen EADDRINUSE: address already in use 127.0.0.1:" + busy.getLocalPort());
        }
    }

    @Test
    void theFlagForNativeAccessIsNamed() throws Exception {
        assumeTrue(Runtime.version().feature() >= 24, "a JDK before 24 cannot deny native access to all");
        try (ExampleProcess server = ExampleProcess.startWith(DENY, "EchoServer", "0")) {
            String line = server.nextError();
            assertTrue(line.startsWith("EchoServer: "), line);
            assertTrue(line.contains("--enable-native-access=ALL-UNNAMED"), line);
            assertEquals(1, server.exitStatus());
        }
    }

    private static void assertFails(ExampleProcess server, String line) throws InterruptedException {
        assertEquals(line, server.nextError());
        assertEquals(1, server.exitStatus());
        assertEquals(List.of(), server.otherErrors());
    }
}
