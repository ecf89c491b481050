package io.chagres.sys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** They alone take heap segments: as they are where critical calls capture errno, else through a bounce. */
class RecvSendTest extends SysTest {

    private static final byte[] HELLO = "hello, kernel".getBytes(US_ASCII);

    /** One of the ways that heap data can take. */
    private interface Way {
        long pass(int fd, ByteBuffer buf, int flags);
    }

    @Test
    void nativeBytesArrive() {
        int[] ends = pair();
        MemorySegment out = Memory.string(HELLO);
        assertEquals(HELLO.length, Sockets.send(ends[0], out, HELLO.length, Sockets.MSG_NOSIGNAL));
        MemorySegment in = Memory.allocate(64);
        assertEquals(HELLO.length, Sockets.recv(ends[1], in, 64, 0));
        assertArrayEquals(HELLO, bytes(in, HELLO.length));
    }

    @Test
    void heapBytesArriveWhereTheSliceSays() {
        assertSliceArrives(Sockets::send, Sockets::recv);
    }

    @Test
    void heapBytesArriveThroughTheBounce() {
        assertSliceArrives(Sockets::sendBounced, Sockets::recvBounced);
    }

    private void assertSliceArrives(Way send, Way recv) {
        int[] ends = pair();
        assertEquals(6, send.pass(ends[0], ByteBuffer.wrap(HELLO, 7, 6), Sockets.MSG_NOSIGNAL));
        byte[] in = new byte[10];
        assertEquals(6, recv.pass(ends[1], ByteBuffer.wrap(in).slice(1, 8).position(1), 0));
        assertArrayEquals("\0\0kernel\0\0".getBytes(US_ASCII), in);
    }

    @Test
    void nothingThereIsEagain() {
        int[] ends = pair();
        ByteBuffer heap = ByteBuffer.allocate(8);
        assertEquals(-Errno.EAGAIN, Sockets.recv(ends[0], Memory.allocate(8), 8, 0));
        assertEquals(-Errno.EAGAIN, Sockets.recv(ends[0], heap, 0));
        assertEquals(-Errno.EAGAIN, Sockets.recvBounced(ends[0], heap, 0));
    }

    @Test
    void neitherBlocksEvenOnABlockingSocket() {
        int[] ends = pair(Sockets.SOCK_STREAM | Sockets.SOCK_CLOEXEC);
        assertEquals(-Errno.EAGAIN, Sockets.recv(ends[0], Memory.allocate(8), 8, 0));
        assertEquals(-Errno.EAGAIN, Sockets.recvBounced(ends[0], ByteBuffer.allocate(8), 0));
        assertEquals(-Errno.EAGAIN, fill(ends[0], Sockets::send));
        assertEquals(-Errno.EAGAIN, fill(ends[0], Sockets::sendBounced));
    }

    private static long fill(int fd, Way send) {
        ByteBuffer chunk = ByteBuffer.allocate(100_000);
        long result;
        do {
            result = send.pass(fd, chunk, Sockets.MSG_NOSIGNAL);
        } while (result >= 0);
        return result;
    }

    @Test
    void theEndIsZero() {
        int[] ends = pair();
        close(ends[1]);
        assertEquals(0, Sockets.recv(ends[0], ByteBuffer.allocate(8), 0));
        assertEquals(0, Sockets.recvBounced(ends[0], ByteBuffer.allocate(8), 0));
        assertEquals(-Errno.EPIPE, Sockets.send(ends[0], ByteBuffer.wrap(HELLO, 0, 1), Sockets.MSG_NOSIGNAL));
    }

    @Test
    void withoutNosignalTheJvmLivesOn() {
        int[] ends = pair();
        close(ends[1]);
        assertEquals(-Errno.EPIPE, Sockets.send(ends[0], ByteBuffer.wrap(HELLO, 0, 1), 0));
    }

    @Test
    void noSocketIsAnAnswer() {
        ByteBuffer heap = ByteBuffer.allocate(8);
        assertEquals(-Errno.EBADF, Sockets.recv(closed(), heap, 0));
        assertEquals(-Errno.ENOTSOCK, Sockets.recv(pipe()[0], heap, 0));
        assertEquals(-Errno.ENOTCONN, Sockets.recv(tcp(), heap, 0));
    }

    @Test
    void aLengthBeyondTheSegmentIsRefusedBeforeTheKernelSeesIt() {
        int[] ends = pair();
        assertEquals(4, Sockets.send(ends[0], ByteBuffer.wrap(HELLO, 0, 4), Sockets.MSG_NOSIGNAL));
        MemorySegment four = Memory.allocate(4);
        assertEquals(-Errno.EFAULT, Sockets.recv(ends[1], four, 5, 0));
        assertEquals(-Errno.EFAULT, Sockets.recv(ends[1], four, -1, 0));
        assertEquals(-Errno.EFAULT, Sockets.recv(ends[1], four, 2, 3, 0));
        assertEquals(-Errno.EFAULT, Sockets.recv(ends[1], four, -1, 4, 0));
        assertEquals(-Errno.EFAULT, Sockets.recv(ends[1], four, 5, 0, 0));
        assertEquals(-Errno.EFAULT, Sockets.send(ends[0], four, 5, 0));
        assertEquals(2, Sockets.recv(ends[1], four, 2, 2, 0));
        assertArrayEquals(new byte[] {0, 0, HELLO[0], HELLO[1]}, bytes(four, 4));
    }

    @Test
    void peekingTakesNothingAway() {
        int[] ends = pair();
        assertEquals(1, Sockets.send(ends[0], ByteBuffer.wrap(HELLO, 0, 1), Sockets.MSG_NOSIGNAL));
        ByteBuffer in = ByteBuffer.allocate(8);
        assertEquals(1, Sockets.recv(ends[1], in, Sockets.MSG_PEEK));
        assertEquals(1, Sockets.recv(ends[1], in, 0));
        assertEquals(-Errno.EAGAIN, Sockets.recv(ends[1], in, 0));
    }

    @Test
    void theBounceTakesItsOwnSizeAtMost() {
        int[] ends = pair();
        int most = Scratch.BOUNCE_BYTES;
        assertEquals(0, Sockets.setsockopt(ends[0], Sockets.SOL_SOCKET, Sockets.SO_SNDBUF, 4 * most));
        byte[] out = new byte[2 * most];
        Arrays.fill(out, most - 1, most + 1, (byte) 7);
        assertEquals(most, Sockets.sendBounced(ends[0], ByteBuffer.wrap(out), Sockets.MSG_NOSIGNAL));
        assertEquals(1, Sockets.send(ends[0], ByteBuffer.wrap(out, 0, 1), Sockets.MSG_NOSIGNAL));
        byte[] in = new byte[2 * most];
        assertEquals(most, Sockets.recvBounced(ends[1], ByteBuffer.wrap(in), 0));
        assertEquals(7, in[most - 1]);
        assertEquals(0, in[most]);
    }
}
