package io.chagres.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** sendmsg and recvmsg with their structs: several buffers in one call, and descriptors. */
class MessagesTest extends SysTest {

    /** socket(7): the number of x86-64 and ARM64. */
    private static final int SO_PASSCRED = 16;

    private final MemorySegment msg = Memory.allocate(MsgHdr.BYTES);
    private final MemorySegment iov = Memory.allocate(2 * IoVec.BYTES);
    private final MemorySegment data = Memory.string("header,body");
    private final MemorySegment control = Memory.allocate(Cmsg.space(16));

    @Test
    void theStructsHaveTheLayoutOf64BitC() {
        IoVec.set(iov, 1, data, 11);
        assertEquals(data.address(), iov.get(JAVA_LONG, 16));
        assertEquals(11, iov.get(JAVA_LONG, 24));
        assertEquals(data.address(), IoVec.base(iov, 1).address());
        assertEquals(11, IoVec.len(iov, 1));

        MsgHdr.name(msg, data, 5);
        MsgHdr.iov(msg, iov, 2);
        MsgHdr.control(msg, control, 24);
        msg.set(JAVA_INT, 48, Sockets.MSG_CTRUNC);
        assertEquals(data.address(), msg.get(JAVA_LONG, 0));
        assertEquals(5, MsgHdr.namelen(msg));
        assertEquals(iov.address(), msg.get(JAVA_LONG, 16));
        assertEquals(2, msg.get(JAVA_LONG, 24));
        assertEquals(control.address(), msg.get(JAVA_LONG, 32));
        assertEquals(24, MsgHdr.controllen(msg));
        assertEquals(Sockets.MSG_CTRUNC, MsgHdr.flags(msg));
    }

    @Test
    void controlSpaceIsThatOfTheMacro() {
        assertEquals(16, Cmsg.space(0));
        assertEquals(24, Cmsg.space(1));
        assertEquals(24, Cmsg.space(2));
        assertEquals(32, Cmsg.space(3));
    }

    @Test
    void severalBuffersAreSentAndReceivedInOneCall() {
        int[] ends = pair();
        IoVec.set(iov, 0, data.asSlice(7), 4);
        IoVec.set(iov, 1, data, 7);
        MsgHdr.iov(msg, iov, 2);
        assertEquals(11, Sockets.sendmsg(ends[0], msg, Sockets.MSG_NOSIGNAL));

        MemorySegment first = Memory.allocate(8);
        MemorySegment second = Memory.allocate(8);
        IoVec.set(iov, 0, first, 6);
        IoVec.set(iov, 1, second, 6);
        assertEquals(11, Sockets.recvmsg(ends[1], msg, 0));
        assertArrayEquals("bodyhe".getBytes(US_ASCII), bytes(first, 6));
        assertArrayEquals("ader,".getBytes(US_ASCII), bytes(second, 5));
    }

    @Test
    void aDatagramHasTheAddressOfItsSender() {
        int receiver = opened(Sockets.socket(Sockets.AF_INET, Sockets.SOCK_DGRAM | Sockets.SOCK_CLOEXEC, 0));
        int sender = opened(Sockets.socket(Sockets.AF_INET, Sockets.SOCK_DGRAM | Sockets.SOCK_CLOEXEC, 0));
        assertEquals(0, Sockets.bind(receiver, loopback(0), 16));
        assertEquals(0, Sockets.bind(sender, loopback(0), 16));
        oneBuffer(1);
        MsgHdr.name(msg, loopback(port(receiver)), 16);
        assertEquals(1, Sockets.sendmsg(sender, msg, 0));

        MemorySegment from = Memory.allocate(SockAddr.SIZE);
        MsgHdr.name(msg, from, SockAddr.SIZE);
        assertEquals(1, Sockets.recvmsg(receiver, msg, 0));
        assertEquals(16, MsgHdr.namelen(msg));
        assertEquals(port(sender), SockAddr.port(from));
    }

    @Test
    void failuresOfSendmsgAndRecvmsgAreReturned() {
        oneBuffer(1);
        assertEquals(-Errno.EAGAIN, Sockets.recvmsg(pair()[0], msg, 0));
        assertEquals(-Errno.EBADF, Sockets.recvmsg(closed(), msg, 0));
        assertEquals(-Errno.EBADF, Sockets.sendmsg(closed(), msg, Sockets.MSG_NOSIGNAL));
        assertEquals(-Errno.EPIPE, Sockets.sendmsg(tcp(), msg, Sockets.MSG_NOSIGNAL));
    }

    @Test
    void aPassedDescriptorIsTheSameOpenFile() {
        int[] ends = pair();
        int[] pipe = pipe();
        assertEquals(1, send(ends[0], pipe[1]));
        int[] fds = new int[16];
        assertEquals(1, receive(ends[1], control.byteSize(), fds));
        assertEquals(1, Descriptors.write(fds[0], data, 1));
        assertEquals(1, Descriptors.read(pipe[0], Memory.allocate(8), 8));
        assertEquals(Descriptors.FD_CLOEXEC, Descriptors.fcntl(fds[0], Descriptors.F_GETFD, 0));
    }

    @Test
    void manyDescriptorsArePassedInOneMessage() {
        int[] ends = pair();
        int[] pipe = pipe();
        assertEquals(1, send(ends[0], pipe[0], pipe[1], pipe[0]));
        assertEquals(3, receive(ends[1], control.byteSize(), new int[16]));
    }

    @Test
    void aMessageWithoutDescriptorsHasNoRights() {
        int[] ends = pair();
        oneBuffer(1);
        assertEquals(1, Sockets.sendmsg(ends[0], msg, Sockets.MSG_NOSIGNAL));
        assertEquals(0, receive(ends[1], control.byteSize(), new int[16]));
    }

    @Test
    @Tag("no-qemu")
    void descriptorsBeyondTheRoomAreCutAndTheMessageHasCtrunc() {
        int[] ends = pair();
        int[] pipe = pipe();
        assertEquals(1, send(ends[0], pipe[0], pipe[1], pipe[0]));
        assertEquals(2, receive(ends[1], Cmsg.space(2), new int[16]));
        assertNotEquals(0, MsgHdr.flags(msg) & Sockets.MSG_CTRUNC);
    }

    @Test
    void aClosedDescriptorIsNotPassed() {
        assertEquals(-Errno.EBADF, send(pair()[0], closed()));
    }

    @Test
    void tooManyDescriptorsAreNotPassed() {
        int fd = pair()[0];
        int[] fds = new int[Cmsg.MAX_FDS + 1];
        Arrays.fill(fds, fd);
        MemorySegment large = Memory.allocate(Cmsg.space(fds.length));
        oneBuffer(1);
        MsgHdr.control(msg, large, Cmsg.putRights(large, fds, fds.length));
        assertEquals(-Errno.EINVAL, Sockets.sendmsg(fd, msg, Sockets.MSG_NOSIGNAL));
    }

    @Test
    void otherControlMessagesAreSkipped() {
        int[] fds = {3, 4};
        Cmsg.putRights(control, fds, 2);
        control.set(JAVA_INT, 12, Sockets.SCM_RIGHTS + 1);
        Cmsg.putRights(control.asSlice(Cmsg.space(2)), new int[] {5}, 1);
        MsgHdr.control(msg, control, Cmsg.space(2) + Cmsg.space(1));
        int[] read = new int[4];
        assertEquals(1, Cmsg.rights(msg, control, read));
        assertEquals(5, read[0]);
    }

    /** The kernel puts the sender's credentials before the descriptors, in a message of 28 bytes. The next message begins at 32. */
    @Test
    void aMessageBehindAMessageOfOddLengthIsFound() {
        int[] ends = pair();
        int[] pipe = pipe();
        assertEquals(0, Sockets.setsockopt(ends[1], Sockets.SOL_SOCKET, SO_PASSCRED, 1));
        assertEquals(1, send(ends[0], pipe[1]));
        int[] fds = new int[16];
        assertEquals(1, receive(ends[1], control.byteSize(), fds));
        assertEquals(28, control.get(JAVA_LONG, 0), "the credentials were first");
        assertEquals(1, Descriptors.write(fds[0], data, 1));
        assertEquals(1, Descriptors.read(pipe[0], Memory.allocate(8), 8));
    }

    @Test
    void anArrayThatIsTooShortLosesNothing() {
        MsgHdr.control(msg, control, Cmsg.putRights(control, new int[] {5, 6}, 2));
        assertThrows(IndexOutOfBoundsException.class, () -> Cmsg.rights(msg, control, new int[1]));
        assertEquals(2, Cmsg.rights(msg, control, new int[2]));
    }

    private void oneBuffer(int bytes) {
        IoVec.set(iov, 0, data, bytes);
        MsgHdr.iov(msg, iov, 1);
    }

    private long send(int socket, int... fds) {
        oneBuffer(1);
        MsgHdr.control(msg, control, Cmsg.putRights(control, fds, fds.length));
        return Sockets.sendmsg(socket, msg, Sockets.MSG_NOSIGNAL);
    }

    private int receive(int socket, long room, int[] fds) {
        oneBuffer(1);
        control.fill((byte) 0);
        MsgHdr.control(msg, control, room);
        assertEquals(1, Sockets.recvmsg(socket, msg, Sockets.MSG_CMSG_CLOEXEC));
        int count = Cmsg.rights(msg, control, fds);
        for (int i = 0; i < count; i++) {
            opened(fds[i]);
        }
        return count;
    }
}
