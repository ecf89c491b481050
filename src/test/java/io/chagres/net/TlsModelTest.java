package io.chagres.net;

import io.chagres.fixture.ConnectionTest;
import io.chagres.loop.Loop;
import io.chagres.socket.Tcp;
import org.junit.jupiter.api.Test;

/** Two TLS streams that do at random what users may do, against the model of {@link SocketModelTest}. It is here because the model is. */
@ConnectionTest
class TlsModelTest {

    /** A handshake costs more than all the rest of a run: {@code -Dchagres.runs} sets another number. */
    private static final int RUNS = Integer.getInteger("chagres.runs", 100);

    @Test
    void randomRunsOfTlsOverTcpAgreeWithTheModel(Loop loop) {
        Tcp listener = new Tcp(loop);
        new ModelRuns(loop, ModelWires.tcp(listener), TlsSide::new).play("TLS over TCP", RUNS);
        listener.close();
        loop.run();
    }

    @Test
    void randomRunsOfTlsOverUnixSocketsAgreeWithTheModel(Loop loop) {
        new ModelRuns(loop, ModelWires::unix, TlsSide::new).play("TLS over Unix sockets", RUNS);
    }
}
