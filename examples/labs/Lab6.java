import static io.chagres.SystemException.check;

import io.chagres.SystemException;
import io.chagres.handle.Poll;
import io.chagres.handle.PollEvents;
import io.chagres.loop.Loop;
import io.chagres.loop.LoopMetrics;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Memory;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Lab 6: a loop that burns a core. It answers each message, and nothing is wrong with the answers.
 *
 * <p>Your turn: run it, and look at the number of turns. Three messages take a few turns; what are the others for? Then mend {@link #interest}.
 * To learn: epoll is level-triggered, and a socket with nothing to send is writable all the time.
 *
 * <p>The package io.chagres.sys is not exported, see {@code Lab1}: programs must not use it.
 *
 * <p>The page is docs/course/02-epoll.md, the hint is in docs/course/labs.md. Check it: {@code make lab N=6}.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/labs/Lab6.java</pre>
 */
public class Lab6 {

    private static final int BUFFER_SIZE = 4096;

    private final MemorySegment buffer = Memory.allocate(BUFFER_SIZE);
    private final Poll poll;
    private long unsent;
    private boolean hasEnded;

    private Lab6(Loop loop, int fd) {
        poll = new Poll(loop, fd);
    }

    public static void main(String[] args) throws InterruptedException {
        MemorySegment pair = Memory.allocate(2 * Integer.BYTES);
        check(Sockets.socketpair(Sockets.AF_UNIX, Sockets.SOCK_STREAM | Sockets.SOCK_CLOEXEC, 0, pair), "socketpair");
        Thread server = Thread.ofPlatform()
                .start(() -> System.out.println(serve(pair.get(ValueLayout.JAVA_INT, Integer.BYTES))));
        int client = pair.get(ValueLayout.JAVA_INT, 0);
        for (int message = 0; message < 3; message++) {
            Thread.sleep(100);
            check((int) Descriptors.write(client, Memory.string("hello"), 5), "write");
        }
        check(Sockets.shutdown(client, Sockets.SHUT_WR), "shutdown");
        server.join();
    }

    /** Sends back what arrives at the socket {@code fd} until its peer ends, and returns what the loop has done. */
    public static LoopMetrics serve(int fd) {
        try (Loop loop = new Loop()) {
            Lab6 lab = new Lab6(loop, fd);
            lab.poll.start(lab.interest(), lab::onReady);
            loop.run();
            return loop.metrics();
        }
    }

    private void onReady(PollEvents events, SystemException error) {
        if (unsent > 0 && events.isWritable()) {
            check((int) Sockets.send(poll.fd(), buffer, unsent, Sockets.MSG_NOSIGNAL), "send");
            unsent = 0;
        } else if (unsent == 0 && events.isReadable()) {
            unsent = Sockets.recv(poll.fd(), buffer, BUFFER_SIZE, 0);
            hasEnded = unsent <= 0;
        }
        if (hasEnded || error != null) {
            poll.close();
        } else {
            poll.start(interest(), this::onReady);
        }
    }

    /** Returns the events that the loop must wait for now. There is one buffer: nothing is read while it is in use. */
    private PollEvents interest() {
        return PollEvents.READABLE.add(PollEvents.WRITABLE); // your turn
    }
}
