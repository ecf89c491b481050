import static io.chagres.SystemException.check;
import static io.chagres.sys.Sockets.AF_INET;
import static io.chagres.sys.Sockets.SOCK_CLOEXEC;
import static io.chagres.sys.Sockets.SOCK_STREAM;
import static java.lang.foreign.MemorySegment.NULL;

import io.chagres.sys.Descriptors;
import io.chagres.sys.Memory;
import io.chagres.sys.SockAddr;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.IntConsumer;

/**
 * Lab 1: an echo server from system calls alone.
 *
 * <p>Your turn: {@link #echo} must send back each byte of a client until the client ends its side. To learn: a read(2) of 0 bytes is the end
 * of the peer, a negative result is an error number, and a write(2) may take fewer bytes than it was given.
 *
 * <p>The package io.chagres.sys is not exported. The labs use it because they run on the class path. Programs must not: the module path refuses
 * it, and it changes without notice.
 *
 * <p>The page is docs/course/01-sockets.md, the hint is in docs/course/labs.md. Check it: {@code make lab N=1}. Try it by hand with nc(1):
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/labs/Lab1.java</pre>
 */
public class Lab1 {

    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final int BUFFER_SIZE = 65_536;

    public static void main(String[] args) {
        serve(port -> System.out.println("listening on 127.0.0.1:" + port), 1);
    }

    /** Serves {@code clients} clients, one after another. */
    public static void serve(IntConsumer listening, int clients) {
        MemorySegment address = Memory.allocate(SockAddr.SIZE);
        int listener = check(Sockets.socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), "socket");
        check(Sockets.bind(listener, address, SockAddr.putInet(address, LOOPBACK, 0)), "bind");
        check(Sockets.listen(listener, Sockets.SOMAXCONN), "listen");
        listening.accept(port(listener, address));
        MemorySegment buffer = Memory.allocate(BUFFER_SIZE);
        for (int served = 0; served < clients; served++) {
            int connection = check(Sockets.accept4(listener, NULL, NULL, SOCK_CLOEXEC), "accept4");
            echo(connection, buffer);
            check(Descriptors.close(connection), "close");
        }
        check(Descriptors.close(listener), "close");
    }

    private static void echo(int connection, MemorySegment buffer) {
        // your turn: Descriptors.read and Descriptors.write, until the client has ended its side.
        // Both wait if they must: the socket is blocking. buffer.asSlice(offset, length) is a part of the buffer.
    }

    private static int port(int listener, MemorySegment address) {
        MemorySegment length = Memory.allocate(Integer.BYTES);
        length.set(ValueLayout.JAVA_INT, 0, SockAddr.SIZE);
        check(Sockets.getsockname(listener, address, length), "getsockname");
        return SockAddr.port(address);
    }
}
