package io.chagres.service;

import static io.chagres.SystemException.check;

import io.chagres.UsageException;
import io.chagres.sys.Cmsg;
import io.chagres.sys.Descriptors;
import io.chagres.sys.IoVec;
import io.chagres.sys.MsgHdr;
import io.chagres.sys.Region;
import io.chagres.sys.SockAddr;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/** Sends datagrams to the service manager, sd_notify(3). Each has a socket of its own, which is closed at once. */
final class NotifySocket {

    private static final int[] NONE = {};

    private final byte[] name;

    /** @param address a path, or a name of the abstract namespace after "@" */
    NotifySocket(String address) {
        if (!address.startsWith("/") && !address.startsWith("@") || address.length() < 2) {
            throw new UsageException("EINVAL", "NOTIFY_SOCKET is neither a path nor an abstract name: " + address);
        }
        name = address.getBytes(StandardCharsets.UTF_8);
        if (name[0] == '@') {
            name[0] = 0;
        }
    }

    void send(String text) {
        send(text, NONE, 0);
    }

    /** Sends if the socket of the manager has room now; returns whether it had. */
    boolean trySend(String text) {
        return result(text, NONE, Sockets.MSG_DONTWAIT) >= 0;
    }

    void send(String text, int[] descriptors, int flags) {
        check((int) result(text, descriptors, flags), "sendmsg", "NOTIFY_SOCKET");
    }

    private long result(String text, int[] descriptors, int flags) {
        int fd = check(Sockets.socket(Sockets.AF_UNIX, Sockets.SOCK_DGRAM | Sockets.SOCK_CLOEXEC, 0), "socket");
        try (Region memory = Region.ofCall()) {
            MemorySegment address = memory.allocate(SockAddr.SIZE);
            int length = check(SockAddr.putUnix(address, name), "connect", "NOTIFY_SOCKET");
            int connected = Sockets.connect(fd, address, length);
            return connected < 0
                    ? connected
                    : Sockets.sendmsg(fd, message(memory, text, descriptors), Sockets.MSG_NOSIGNAL | flags);
        } finally {
            Descriptors.close(fd);
        }
    }

    private static MemorySegment message(Region memory, String text, int[] descriptors) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        MemorySegment vector = memory.allocate(IoVec.BYTES);
        IoVec.set(vector, 0, memory.string(bytes), bytes.length);
        MemorySegment message = memory.allocate(MsgHdr.BYTES);
        MsgHdr.iov(message, vector, 1);
        if (descriptors.length > 0) {
            MemorySegment control = memory.allocate(Cmsg.space(descriptors.length));
            MsgHdr.control(message, control, Cmsg.putRights(control, descriptors, descriptors.length));
        }
        return message;
    }
}
