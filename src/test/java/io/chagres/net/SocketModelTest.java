package io.chagres.net;

import io.chagres.fixture.ConnectionTest;
import io.chagres.loop.Loop;
import io.chagres.socket.Tcp;
import org.junit.jupiter.api.Test;

/** Two streams that do at random what users may do, thousands of times, against a model of what must come of it. */
@ConnectionTest
class SocketModelTest {

    @Test
    void randomRunsOfHandlesOverTcpAgreeWithTheModel(Loop loop) {
        overTcp(loop, "handles over TCP", HandleSide::new);
    }

    @Test
    void randomRunsOfHandlesOverUnixSocketsAgreeWithTheModel(Loop loop) {
        new ModelRuns(loop, ModelWires::unix, HandleSide::new).play("handles over Unix sockets");
    }

    @Test
    void randomRunsOfSocketsOverTcpAgreeWithTheModel(Loop loop) {
        overTcp(loop, "sockets over TCP", SocketSide::new);
    }

    @Test
    void randomRunsOfSocketsOverUnixSocketsAgreeWithTheModel(Loop loop) {
        new ModelRuns(loop, ModelWires::unix, SocketSide::new).play("sockets over Unix sockets");
    }

    private static void overTcp(Loop loop, String name, ModelRun.Floor floor) {
        Tcp listener = new Tcp(loop);
        new ModelRuns(loop, ModelWires.tcp(listener), floor).play(name);
        listener.close();
        loop.run();
    }
}
