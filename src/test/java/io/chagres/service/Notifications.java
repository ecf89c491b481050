package io.chagres.service;

import static io.chagres.SystemException.check;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.Waits;
import io.chagres.sys.Cmsg;
import io.chagres.sys.Descriptors;
import io.chagres.sys.IoVec;
import io.chagres.sys.Memory;
import io.chagres.sys.MsgHdr;
import io.chagres.sys.SockAddr;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The side of systemd in sd_notify(3): a datagram socket. */
public final class Notifications implements AutoCloseable {

    private final int fd;
    private final MemorySegment bytes = Memory.allocate(4096);
    private final MemorySegment vector = Memory.allocate(IoVec.BYTES);
    private final MemorySegment message = Memory.allocate(MsgHdr.BYTES);
    private final MemorySegment control = Memory.allocate(Cmsg.space(Cmsg.MAX_FDS));
    private final List<Integer> stored = new ArrayList<>();

    /** @param address a path, or "@" and an abstract name */
    public Notifications(String address) {
        byte[] name = address.replace('@', '\0').getBytes(StandardCharsets.UTF_8);
        MemorySegment memory = Memory.allocate(SockAddr.SIZE);
        int length = SockAddr.putUnix(memory, name);
        fd = check(Sockets.socket(Sockets.AF_UNIX, Sockets.SOCK_DGRAM | Sockets.SOCK_CLOEXEC, 0), "socket");
        check(Sockets.bind(fd, memory, length), "bind");
    }

    /** Returns the next message; "none" if there is none. */
    public String next() {
        IoVec.set(vector, 0, bytes, bytes.byteSize());
        MsgHdr.iov(message, vector, 1);
        MsgHdr.control(message, control, control.byteSize());
        long count = Sockets.recvmsg(fd, message, Sockets.MSG_DONTWAIT | Sockets.MSG_CMSG_CLOEXEC);
        if (count < 0) {
            return "none";
        }
        int[] descriptors = new int[Cmsg.MAX_FDS];
        int passed = Cmsg.rights(message, control, descriptors);
        for (int i = 0; i < passed; i++) {
            stored.add(descriptors[i]);
        }
        return new String(bytes.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }

    /** Waits for the next message. */
    public String await() throws InterruptedException {
        String[] found = {"none"};
        Waits.until("a message for systemd", () -> {
            found[0] = next();
            return !found[0].equals("none");
        });
        return found[0];
    }

    /** Returns the descriptors that were stored. */
    public List<Integer> stored() {
        return stored;
    }

    @Override
    public void close() {
        stored.forEach(Descriptors::close);
        assertTrue(Descriptors.close(fd) >= 0);
    }
}
