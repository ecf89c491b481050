package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertInstanceOf;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ServerProcess;
import io.chagres.fixture.Talk;
import java.io.IOException;
import java.net.Socket;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What a close spares a server's clients. */
class ServerKilledTest {

    /** More than both sides' kernels keep, so that it is still under way, since nobody reads the echo. */
    private static final int LARGE = 64 << 20;

    @Test
    @Covers("S115")
    void aServerThatIsKilledAbortsWhatIsUnderWay() throws Exception {
        try (ServerProcess server = ServerProcess.start(":"); Socket client = server.connect()) {
            FutureTask<Void> request = new FutureTask<>(() -> {
                Talk.send(client, new byte[LARGE]);
                return null;
            });
            Thread.ofPlatform().daemon().name("request").start(request);
            Talk.text(client, 1);
            ProcessHandle.of(server.pid()).orElseThrow().destroyForcibly();
            ExecutionException aborted = assertThrows(ExecutionException.class, () -> request.get(30, TimeUnit.SECONDS));
            assertInstanceOf(IOException.class, aborted.getCause());
        }
    }
}
