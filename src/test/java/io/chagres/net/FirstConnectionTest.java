package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.ForkedJvm.Outcome;
import io.chagres.fixture.HangGuard;
import io.chagres.loop.Loop;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What the first connection of a process loads, while all the others wait. */
@ExtendWith(HangGuard.class)
class FirstConnectionTest {

    /** A connection with options, to a server that ends it. */
    static final class Greeting {

        public static void main(String[] args) {
            try (Loop loop = new Loop()) {
                Server server =
                        Net.createServer(loop, ServerOptions.defaults().noDelay(true), socket -> socket.end("hello"));
                server.listen(
                        0,
                        "127.0.0.1",
                        () -> Net.connect(loop, server.address().port())
                                .setKeepAlive(true, 1000)
                                .resume()
                                .onClose(hadError -> server.close()));
                loop.run();
            }
        }
    }

    /** The class initialiser of BigDecimal takes some 100 ms of CPU on JDK 25, and the products of a Duration need it. */
    @Test
    void theFirstConnectionNeedsNoBigDecimal() throws Exception {
        Outcome outcome = ForkedJvm.run(Greeting.class, "-Xlog:class+load");
        assertEquals(0, outcome.status(), outcome.output());
        assertEquals(
                List.of(),
                outcome.output()
                        .lines()
                        .filter(line -> line.contains(" java.math.BigDecimal "))
                        .toList());
    }
}
