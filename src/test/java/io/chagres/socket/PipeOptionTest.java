package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.PipePair;
import io.chagres.loop.Loop;
import io.chagres.sys.Sockets;
import org.junit.jupiter.api.Test;

/** Options of pipes that are Unix sockets. */
@ConnectionTest
class PipeOptionTest {

    @Test
    void theSendBufferOfAUnixSocketIsTwiceTheValueThatWasSet(Loop loop) {
        PipePair pair = PipePair.of(loop, false);
        pair.one().set(SocketOption.SO_SNDBUF, 32 * 1024);
        int kernel = (int) Sockets.getsockopt(pair.one().fd(), Sockets.SOL_SOCKET, Sockets.SO_SNDBUF);
        assertEquals(2 * 32 * 1024, kernel); // socket(7): the kernel doubles it
        assertEquals(kernel, pair.one().get(SocketOption.SO_SNDBUF));
        pair.close();
        loop.run();
    }

    @Test
    void anOptionWithoutASocketOrAValueIsRefused(Loop loop) {
        Pipe unopened = new Pipe(loop);
        PipePair.assertCode("EBADF", () -> unopened.set(SocketOption.SO_SNDBUF, 4096));
        PipePair.assertCode("EBADF", () -> unopened.get(SocketOption.SO_SNDBUF));
        PipePair pair = PipePair.of(loop, false);
        PipePair.assertCode("EINVAL", () -> pair.one().set(SocketOption.SO_SNDBUF, null));
        PipePair.assertCode("EINVAL", () -> pair.one().set(null, 1));
        PipePair.assertCode("ENOTSUP", () -> pair.one().set(SocketOption.TCP_NODELAY, true));
        PipePair ends = PipePair.ends(loop);
        PipePair.assertCode("ENOTSOCK", () -> ends.one().get(SocketOption.SO_SNDBUF));
        unopened.close();
        pair.close();
        ends.close();
        loop.run();
    }
}
