package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** examples/KeepAliveDefaults.java, the chapter's C program in Java. */
@ExtendWith(HangGuard.class)
@Tag("host")
class KeepAliveDefaultsTest {

    /** Returns a default: 7200, 75 and 9 on an unchanged system. The file must be read at once, which Files.readString does not do. */
    static int sysctl(String name) {
        try {
            return Integer.parseInt(Files.readAllLines(Path.of("/proc/sys/net/ipv4/tcp_keepalive_" + name))
                    .getFirst());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    @Covers({"S93", "S104"})
    void theExamplePrintsTheFourValuesOfTheSystem() throws IOException, InterruptedException {
        String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
        ForkedJvm.Outcome outcome = ForkedJvm.run(List.of(
                java,
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                "target/classes",
                "examples/KeepAliveDefaults.java"));
        assertEquals("""
            keep-alive on by default: 0
            silence before the first probe: %d seconds
            time between probes: %d seconds
            unanswered probes that end the connection: %d\
            """.formatted(sysctl("time"), sysctl("intvl"), sysctl("probes")), outcome.output());
        assertEquals(0, outcome.status());
    }
}
