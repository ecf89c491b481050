import static io.chagres.SystemException.check;
import static io.chagres.sys.Sockets.AF_INET;
import static io.chagres.sys.Sockets.SOCK_CLOEXEC;
import static io.chagres.sys.Sockets.SOCK_NONBLOCK;
import static io.chagres.sys.Sockets.SOCK_STREAM;
import static java.lang.foreign.MemorySegment.NULL;

import io.chagres.handle.Poll;
import io.chagres.handle.PollEvents;
import io.chagres.loop.Loop;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Errno;
import io.chagres.sys.Memory;
import io.chagres.sys.SockAddr;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntConsumer;

/**
 * Lab 2: an echo server with Poll. One thread serves all clients at the same time.
 *
 * <p>Your turn: {@link #onReadable} is called when bytes or the end of a client have arrived. To learn: a loop reports what is ready, and the
 * program makes the call that does not wait then. The messages of this lab are short, so that the kernel takes each reply at once.
 *
 * <p>The package io.chagres.sys is not exported, see {@code Lab1}: programs must not use it. A program gives Poll the descriptor of another
 * library, such as that of inotify(7).
 *
 * <p>The page is docs/course/02-epoll.md, the hint is in docs/course/labs.md. Check it: {@code make lab N=2}. Try it by hand with nc(1):
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/labs/Lab2.java</pre>
 */
public class Lab2 {

    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final int BUFFER_SIZE = 65_536;

    private final MemorySegment buffer = Memory.allocate(BUFFER_SIZE);
    private final Loop loop;
    private int expected;

    private Lab2(Loop loop, int clients) {
        this.loop = loop;
        this.expected = clients;
    }

    public static void main(String[] args) {
        serve(port -> System.out.println("listening on 127.0.0.1:" + port), 3);
    }

    /** Serves {@code clients} clients, and returns when the last one has left. */
    public static void serve(IntConsumer listening, int clients) {
        try (Loop loop = new Loop()) {
            new Lab2(loop, clients).listen(listening);
            loop.run();
        }
    }

    private void listen(IntConsumer listening) {
        MemorySegment address = Memory.allocate(SockAddr.SIZE);
        int fd = check(Sockets.socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0), "socket");
        check(Sockets.bind(fd, address, SockAddr.putInet(address, LOOPBACK, 0)), "bind");
        check(Sockets.listen(fd, Sockets.SOMAXCONN), "listen");
        Poll listener = new Poll(loop, fd);
        listener.start(PollEvents.READABLE, (events, error) -> accept(listener));
        listening.accept(port(fd, address));
    }

    private void accept(Poll listener) {
        int fd = check(Sockets.accept4(listener.fd(), NULL, NULL, SOCK_CLOEXEC | SOCK_NONBLOCK), "accept4");
        Poll connection = new Poll(loop, fd);
        connection.start(PollEvents.READABLE, (events, error) -> onReadable(connection));
        if (--expected == 0) {
            close(listener);
        }
    }

    private void onReadable(Poll connection) {
        long received = Sockets.recv(connection.fd(), buffer, BUFFER_SIZE, 0);
        if (received > 0) {
            check((int) Sockets.send(connection.fd(), buffer, received, Sockets.MSG_NOSIGNAL), "send");
        } else if (received != -Errno.EAGAIN) {
            close(connection);
        }
    }

    private static void close(Poll poll) {
        poll.close();
        check(Descriptors.close(poll.fd()), "close");
    }

    private static int port(int listener, MemorySegment address) {
        MemorySegment length = Memory.allocate(Integer.BYTES);
        length.set(ValueLayout.JAVA_INT, 0, SockAddr.SIZE);
        check(Sockets.getsockname(listener, address, length), "getsockname");
        return SockAddr.port(address);
    }
}
