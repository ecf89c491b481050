package io.chagres.sys;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Test;

/** recv and send alone take heap segments: directly if critical calls can capture errno, otherwise through a bounce buffer. */
class RecvSendTest extends SysTest {

    private static final byte[] HELLO = "hello, kernel".getBytes(US_ASCII);

    /** One of the two ways of heap data to the kernel. */
    private interface Way {
        long pass(int fd, MemorySegment buf, long offset, long len, int flags);
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
    void heapBytesArriveAtTheOffsetOfTheSlice() {
        assertSliceArrives(Sockets::send, Sockets::recv);
    }

    @Test
    void heapBytesArriveThroughTheBounce() {
        assertSliceArrives(Sockets::sendBounced, Sockets::recvBounced);
    }

    private void assertSliceArrives(Way send, Way recv) {
        int[] ends = pair();
        MemorySegment out = MemorySegment.ofArray(HELLO).asSlice(5);
        assertEquals(6, send.pass(ends[0], out, 2, 6, Sockets.MSG_NOSIGNAL));
        byte[] in = new byte[10];
        assertEquals(6, recv.pass(ends[1], MemorySegment.ofArray(in).asSlice(1, 8), 1, 7, 0));
        assertArrayEquals("\0\0kernel\0\0".getBytes(US_ASCII), in);
    }

    @Test
    void recvWithoutDataReturnsEagain() {
        int[] ends = pair();
        MemorySegment heap = MemorySegment.ofArray(new byte[8]);
        assertEquals(-Errno.EAGAIN, Sockets.recv(ends[0], Memory.allocate(8), 8, 0));
        assertEquals(-Errno.EAGAIN, Sockets.recv(ends[0], heap, 8, 0));
        assertEquals(-Errno.EAGAIN, Sockets.recvBounced(ends[0], heap, 0, 8, 0));
    }

    @Test
    void recvAndSendDoNotBlockOnABlockingSocket() {
        int[] ends = pair(Sockets.SOCK_STREAM | Sockets.SOCK_CLOEXEC);
        assertEquals(-Errno.EAGAIN, Sockets.recv(ends[0], Memory.allocate(8), 8, 0));
        assertEquals(-Errno.EAGAIN, Sockets.recvBounced(ends[0], MemorySegment.ofArray(new byte[8]), 0, 8, 0));
        assertEquals(-Errno.EAGAIN, fill(ends[0], Sockets::send));
        assertEquals(-Errno.EAGAIN, fill(ends[0], Sockets::sendBounced));
    }

    private static long fill(int fd, Way send) {
        MemorySegment chunk = MemorySegment.ofArray(new byte[100_000]);
        long result;
        do {
            result = send.pass(fd, chunk, 0, 100_000, Sockets.MSG_NOSIGNAL);
        } while (result >= 0);
        return result;
    }

    @Test
    void recvReturnsZeroAtTheEnd() {
        int[] ends = pair();
        close(ends[1]);
        assertEquals(0, Sockets.recv(ends[0], MemorySegment.ofArray(new byte[8]), 8, 0));
        assertEquals(0, Sockets.recvBounced(ends[0], MemorySegment.ofArray(new byte[8]), 0, 8, 0));
        assertEquals(-Errno.EPIPE, Sockets.send(ends[0], MemorySegment.ofArray(HELLO), 1, Sockets.MSG_NOSIGNAL));
    }

    @Test
    void aSendWithoutNosignalDoesNotKillTheJvm() {
        int[] ends = pair();
        close(ends[1]);
        assertEquals(-Errno.EPIPE, Sockets.send(ends[0], MemorySegment.ofArray(HELLO), 1, 0));
    }

    @Test
    void recvOfABadDescriptorReturnsItsErrno() {
        MemorySegment heap = MemorySegment.ofArray(new byte[8]);
        assertEquals(-Errno.EBADF, Sockets.recv(closed(), heap, 8, 0));
        assertEquals(-Errno.ENOTSOCK, Sockets.recv(pipe()[0], heap, 8, 0));
        assertEquals(-Errno.ENOTCONN, Sockets.recv(tcp(), heap, 8, 0));
    }

    @Test
    void aLengthBeyondTheSegmentIsRefusedBeforeTheKernelSeesIt() {
        int[] ends = pair();
        assertEquals(4, Sockets.send(ends[0], MemorySegment.ofArray(HELLO), 4, Sockets.MSG_NOSIGNAL));
        byte[] in = new byte[8];
        assertEquals(
                -Errno.EFAULT, Sockets.recv(ends[1], MemorySegment.ofArray(in).asSlice(0, 4), 5, 0));
        assertEquals(-Errno.EFAULT, Sockets.recv(ends[1], MemorySegment.ofArray(in), -1, 0));
        assertEquals(-Errno.EFAULT, Sockets.recv(ends[1], Memory.allocate(4), 5, 0));
        assertEquals(-Errno.EFAULT, Sockets.recv(ends[1], MemorySegment.ofArray(in), 4, 5, 0));
        assertEquals(-Errno.EFAULT, Sockets.recv(ends[1], MemorySegment.ofArray(in), -1, 5, 0));
        assertEquals(-Errno.EFAULT, Sockets.recv(ends[1], MemorySegment.ofArray(in), 9, 0, 0));
        assertEquals(-Errno.EFAULT, Sockets.send(ends[0], MemorySegment.ofArray(HELLO), HELLO.length + 1, 0));
        assertArrayEquals(new byte[8], in);
        assertEquals(4, Sockets.recv(ends[1], MemorySegment.ofArray(in), 8, 0));
    }

    @Test
    void peekingLeavesTheBytes() {
        int[] ends = pair();
        assertEquals(1, Sockets.send(ends[0], MemorySegment.ofArray(HELLO), 1, Sockets.MSG_NOSIGNAL));
        MemorySegment in = MemorySegment.ofArray(new byte[8]);
        assertEquals(1, Sockets.recv(ends[1], in, 8, Sockets.MSG_PEEK));
        assertEquals(1, Sockets.recv(ends[1], in, 8, 0));
        assertEquals(-Errno.EAGAIN, Sockets.recv(ends[1], in, 8, 0));
    }

    @Test
    void aBouncedCallIsLimitedToTheBounceBuffer() {
        int[] ends = pair();
        int max = Scratch.BOUNCE_BYTES;
        assertEquals(0, Sockets.setsockopt(ends[0], Sockets.SOL_SOCKET, Sockets.SO_SNDBUF, 4 * max));
        byte[] out = new byte[2 * max];
        Arrays.fill(out, max - 1, max + 1, (byte) 7);
        assertEquals(
                max, Sockets.sendBounced(ends[0], MemorySegment.ofArray(out), 0, out.length, Sockets.MSG_NOSIGNAL));
        assertEquals(1, Sockets.send(ends[0], MemorySegment.ofArray(out), 1, Sockets.MSG_NOSIGNAL));
        byte[] in = new byte[2 * max];
        assertEquals(max, Sockets.recvBounced(ends[1], MemorySegment.ofArray(in), 0, in.length, 0));
        assertEquals(7, in[max - 1]);
        assertEquals(0, in[max]);
    }
}
