package io.chagres.trace;

import io.chagres.loop.Loop;
import io.chagres.sys.Affinity;
import io.chagres.sys.Cmsg;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Epoll;
import io.chagres.sys.EpollEvent;
import io.chagres.sys.EventFd;
import io.chagres.sys.IoVec;
import io.chagres.sys.Memory;
import io.chagres.sys.MsgHdr;
import io.chagres.sys.SockAddr;
import io.chagres.sys.SocketFilter;
import io.chagres.sys.Sockets;
import io.chagres.sys.TcpInfoFields;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * Makes every system call of the floor sys, with success and with failure, so that the decoder of each can be compared with strace(1).
 * The first argument is a folder for sockets and files.
 */
public final class EveryCallProgram {

    /** A part of each path that this program uses. */
    static final String MARK = "every-call";

    private static final int STREAM = Sockets.SOCK_STREAM | Sockets.SOCK_CLOEXEC | Sockets.SOCK_NONBLOCK;
    private static final byte[] LOOPBACK = {127, 0, 0, 1};
    private static final byte[] LOOPBACK6 = {0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1};

    private final MemorySegment address = Memory.allocate(SockAddr.SIZE);
    private final MemorySegment length = Memory.allocate(4);
    private final MemorySegment pair = Memory.allocate(8);
    private final MemorySegment value = Memory.allocate(TcpInfoFields.ROOM);
    private final MemorySegment buffer = Memory.allocate(4096);
    private final String folder;

    private EveryCallProgram(String folder) {
        this.folder = folder;
    }

    public static void main(String[] args) {
        if (!Loop.isAvailable()) { // starts the trace
            throw new AssertionError(Loop.unavailabilityCause());
        }
        EveryCallProgram program = new EveryCallProgram(args[0]);
        program.tcp(LOOPBACK);
        program.tcp(LOOPBACK6);
        program.unix(folder(args[0], "a.sock"));
        program.unix("\0chagres-every-call".getBytes(StandardCharsets.UTF_8));
        program.options();
        program.wrongDescriptors();
        program.refusals();
        program.pairs();
        program.descriptorsInMessages();
        program.epoll();
        program.files();
    }

    private static byte[] folder(String folder, String name) {
        return (folder + "/" + name).getBytes(StandardCharsets.UTF_8);
    }

    private MemorySegment room() {
        length.set(ValueLayout.JAVA_INT, 0, SockAddr.SIZE);
        return length;
    }

    private void tcp(byte[] ip) {
        int family = ip.length == 4 ? Sockets.AF_INET : Sockets.AF_INET6;
        int listener = Sockets.socket(family, STREAM, 0);
        Sockets.setsockopt(listener, Sockets.SOL_SOCKET, Sockets.SO_REUSEADDR, 1);
        if (family == Sockets.AF_INET6) {
            Sockets.setsockopt(listener, Sockets.IPPROTO_IPV6, Sockets.IPV6_V6ONLY, 1);
        }
        Sockets.bind(listener, address, SockAddr.putIp(address, ip, 0, 0));
        Sockets.listen(listener, 511);
        Sockets.getsockname(listener, address, room());
        int port = SockAddr.port(address);
        int client = Sockets.socket(family, STREAM, 0);
        Sockets.connect(client, address, SockAddr.putIp(address, ip, port, 0));
        awaitReadable(listener);
        int server = Sockets.accept4(listener, address, room(), Sockets.SOCK_CLOEXEC | Sockets.SOCK_NONBLOCK);
        Sockets.accept4(listener, address, room(), Sockets.SOCK_CLOEXEC);
        Sockets.accept4(listener, MemorySegment.NULL, MemorySegment.NULL, 0);
        Sockets.getpeername(client, address, room());
        Sockets.getpeername(listener, address, room());
        transfers(client, server);
        Sockets.getsockopt(client, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY);
        Sockets.shutdown(client, Sockets.SHUT_WR);
        Sockets.shutdown(server, Sockets.SHUT_RD);
        Sockets.shutdown(server, Sockets.SHUT_RDWR);
        Descriptors.close(server);
        Descriptors.close(client);
        Descriptors.close(listener);
    }

    private static void awaitReadable(int descriptor) {
        int epoll = Epoll.epoll_create1(Epoll.EPOLL_CLOEXEC);
        MemorySegment event = Memory.allocate(EpollEvent.BYTES);
        EpollEvent.set(event, 0, Epoll.EPOLLIN, descriptor);
        Epoll.epoll_ctl(epoll, Epoll.EPOLL_CTL_ADD, descriptor, event);
        Epoll.epoll_wait(epoll, event, 1, 5000);
        Descriptors.close(epoll);
    }

    /** The bytes that strace escapes, short and long, from each kind of memory. */
    private void transfers(int one, int other) {
        byte[] odd = "a\"b\\c\n\t\r\f\u000b\0001\0x\u00e9".getBytes(StandardCharsets.UTF_8);
        byte[] letters = "abcdefghijklmnopqrstuvwxyz0123456789".getBytes(StandardCharsets.UTF_8);
        for (byte[] bytes : new byte[][] {odd, letters, new byte[32], new byte[33], {}}) {
            Sockets.send(one, MemorySegment.ofArray(bytes), bytes.length, Sockets.MSG_NOSIGNAL);
            Sockets.recv(other, MemorySegment.ofArray(new byte[64]), 64, 0);
        }
        MemorySegment.copy(letters, 0, buffer, ValueLayout.JAVA_BYTE, 0, letters.length);
        Sockets.send(one, buffer, 3, 5, Sockets.MSG_NOSIGNAL | Sockets.MSG_MORE);
        Sockets.send(one, buffer, 0, Sockets.MSG_NOSIGNAL);
        awaitReadable(other);
        Sockets.recv(other, buffer, 100, 10, Sockets.MSG_PEEK);
        Sockets.recv(other, buffer, 4096, 0);
        Sockets.recv(other, buffer, 4096, 0);
        Sockets.recv(other, MemorySegment.ofArray(new byte[8]), 8, 0);
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment closable = arena.allocate(64);
            Sockets.send(one, closable, 8, 16, Sockets.MSG_NOSIGNAL);
            Sockets.recv(other, closable, 64, 0);
        }
        Descriptors.write(one, buffer, 6);
        Descriptors.read(other, buffer, 100);
        Descriptors.read(other, buffer, 100);
        MemorySegment vectors = Memory.allocate(3L * IoVec.BYTES);
        IoVec.set(vectors, 0, buffer, 2);
        IoVec.set(vectors, 1, buffer.asSlice(4), 0);
        IoVec.set(vectors, 2, buffer, 40);
        Descriptors.writev(one, vectors, 3);
        Descriptors.read(other, buffer, 3);
        Descriptors.read(other, buffer, 100);
    }

    private void unix(byte[] name) {
        int listener = Sockets.socket(Sockets.AF_UNIX, STREAM, 0);
        int length = SockAddr.putUnix(address, name);
        Sockets.bind(listener, address, length);
        Sockets.listen(listener, 16);
        int client = Sockets.socket(Sockets.AF_UNIX, STREAM, 0);
        Sockets.connect(client, address, SockAddr.putUnix(address, name));
        int server = Sockets.accept4(listener, address, room(), Sockets.SOCK_CLOEXEC);
        Sockets.getsockname(server, address, room());
        Sockets.getpeername(client, address, room());
        this.length.set(ValueLayout.JAVA_INT, 0, 12);
        Sockets.getsockopt(client, Sockets.SOL_SOCKET, Sockets.SO_PEERCRED, value, this.length);
        Descriptors.close(server);
        Descriptors.close(client);
        Descriptors.close(listener);
        if (name[0] != 0) {
            Descriptors.unlink(Memory.string(name));
            Descriptors.unlink(Memory.string(name));
        }
    }

    private void options() {
        int tcp = Sockets.socket(Sockets.AF_INET, STREAM, 0);
        int[] ofSocket = {
            Sockets.SO_REUSEADDR,
            Sockets.SO_TYPE,
            Sockets.SO_ERROR,
            Sockets.SO_SNDBUF,
            Sockets.SO_RCVBUF,
            Sockets.SO_KEEPALIVE,
            Sockets.SO_REUSEPORT,
            Sockets.SO_ACCEPTCONN,
            Sockets.SO_PROTOCOL,
            Sockets.SO_DOMAIN,
            Sockets.SO_INCOMING_CPU,
            9999
        };
        for (int option : ofSocket) {
            Sockets.getsockopt(tcp, Sockets.SOL_SOCKET, option);
        }
        for (int option = 1; option <= 30; option++) {
            if (option != 11 && option != 13 && option < 18
                    || option == 18
                    || option == 23
                    || option == 25
                    || option == 30) {
                Sockets.getsockopt(tcp, Sockets.IPPROTO_TCP, option);
            }
        }
        Sockets.getsockopt(tcp, Sockets.IPPROTO_IP, Sockets.IP_TOS);
        Sockets.setsockopt(tcp, Sockets.IPPROTO_IP, Sockets.IP_TOS, 16);
        Sockets.getsockopt(tcp, Sockets.IPPROTO_IPV6, Sockets.IPV6_TCLASS);
        Sockets.setsockopt(tcp, 4711, 1, 1);
        value.set(ValueLayout.JAVA_INT, 0, 1);
        value.set(ValueLayout.JAVA_INT, 4, 5);
        Sockets.setsockopt(tcp, Sockets.SOL_SOCKET, Sockets.SO_LINGER, value, 8);
        value(tcp, Sockets.SOL_SOCKET, Sockets.SO_LINGER, 8);
        value(tcp, Sockets.SOL_SOCKET, Sockets.SO_PEERNAME, 28);
        value(tcp, Sockets.IPPROTO_TCP, Sockets.TCP_CONGESTION, 16);
        value(tcp, Sockets.IPPROTO_TCP, Sockets.TCP_INFO, 104);
        MemorySegment reno = Memory.string("reno");
        Sockets.setsockopt(tcp, Sockets.IPPROTO_TCP, Sockets.TCP_CONGESTION, reno, 4);
        Sockets.setsockopt(tcp, Sockets.IPPROTO_TCP, Sockets.TCP_NODELAY, MemorySegment.NULL, 4);
        Descriptors.fcntl(tcp, Descriptors.F_GETFL, 0);
        Descriptors.fcntl(tcp, Descriptors.F_SETFL, Descriptors.O_RDWR | Descriptors.O_NONBLOCK);
        Descriptors.fcntl(tcp, Descriptors.F_SETFL, Descriptors.O_RDWR);
        Descriptors.fcntl(tcp, Descriptors.F_GETFD, 0);
        Descriptors.fcntl(tcp, Descriptors.F_SETFD, 0);
        Descriptors.fcntl(tcp, Descriptors.F_GETFD, 0);
        Descriptors.fcntl(tcp, Descriptors.F_SETFD, Descriptors.FD_CLOEXEC);
        Descriptors.close(Descriptors.fcntl(tcp, Descriptors.F_DUPFD_CLOEXEC, 0));
        Descriptors.isatty(tcp);
        Descriptors.fchmod(tcp, 0600);
        Descriptors.getrlimit(Descriptors.RLIMIT_NOFILE, value);
        Affinity.sched_setaffinity(0, Affinity.mask(0));
        Affinity.sched_setaffinity(0, Affinity.mask(1000));
        Sockets.setsockopt(tcp, Sockets.SOL_SOCKET, Sockets.SO_REUSEPORT, 1);
        SocketFilter.attachByProcessor(tcp, 0, 3);
        Descriptors.close(tcp);
    }

    private void value(int descriptor, int level, int name, int room) {
        length.set(ValueLayout.JAVA_INT, 0, room);
        Sockets.getsockopt(descriptor, level, name, value, length);
    }

    private void wrongDescriptors() {
        Sockets.bind(-1, address, SockAddr.putInet(address, LOOPBACK, 80));
        Sockets.listen(-1, 1);
        Sockets.accept4(-1, address, room(), 0);
        Sockets.getsockname(-1, address, room());
        value(-1, Sockets.SOL_SOCKET, Sockets.SO_LINGER, 8);
        Sockets.shutdown(-1, 7);
        Sockets.recv(-1, MemorySegment.ofArray(new byte[8]), 8, 0);
        Sockets.send(-1, MemorySegment.ofArray(new byte[8]), 8, 0);
        Descriptors.read(-1, buffer, 8);
        Descriptors.write(-1, buffer, 8);
        Descriptors.fcntl(-1, Descriptors.F_GETFL, 0);
        Descriptors.close(-1);
        Descriptors.isatty(-1);
        Epoll.epoll_ctl(-1, Epoll.EPOLL_CTL_MOD, -1, buffer);
        Epoll.epoll_ctl(-1, Epoll.EPOLL_CTL_DEL, -1, MemorySegment.NULL);
        Epoll.epoll_wait(-1, buffer, 1, 0);
        MemorySegment message = message(0);
        MsgHdr.control(message, MemorySegment.NULL, 0);
        Sockets.sendmsg(-1, message, Sockets.MSG_NOSIGNAL);
        Sockets.recvmsg(-1, message, Sockets.MSG_DONTWAIT);
    }

    private void refusals() {
        Sockets.socket(Sockets.AF_INET, 77 | Sockets.SOCK_CLOEXEC | Sockets.SOCK_NONBLOCK, 0);
        Epoll.epoll_create1(7);
        EventFd.eventfd(3, 0x700);
        Sockets.socketpair(Sockets.AF_INET, STREAM, 0, pair);
    }

    private MemorySegment message(int rights) {
        MemorySegment message = Memory.allocate(MsgHdr.BYTES);
        MemorySegment vector = Memory.allocate(2L * IoVec.BYTES);
        IoVec.set(vector, 0, buffer, 5);
        IoVec.set(vector, 1, buffer.asSlice(64), 60);
        MsgHdr.iov(message, vector, 2);
        MemorySegment control = Memory.allocate(64);
        MsgHdr.control(message, control, rights == 0 ? 64 : Cmsg.putRights(control, new int[] {rights, rights}, 2));
        keep(vector);
        keep(control);
        return message;
    }

    private final java.util.List<MemorySegment> kept = new java.util.ArrayList<>();

    private void keep(MemorySegment memory) {
        kept.add(memory);
    }

    private void pairs() {
        Descriptors.pipe2(pair, Descriptors.O_CLOEXEC | Descriptors.O_NONBLOCK);
        int reader = pair.get(ValueLayout.JAVA_INT, 0);
        int writer = pair.get(ValueLayout.JAVA_INT, 4);
        Descriptors.write(writer, buffer, 5);
        Descriptors.read(reader, buffer, 50);
        Descriptors.read(reader, buffer, 50);
        Descriptors.close(reader);
        Descriptors.write(writer, buffer, 5);
        Descriptors.close(writer);
        Descriptors.pipe2(pair, 0);
        Descriptors.close(pair.get(ValueLayout.JAVA_INT, 0));
        Descriptors.close(pair.get(ValueLayout.JAVA_INT, 4));
    }

    private void descriptorsInMessages() {
        Sockets.socketpair(Sockets.AF_UNIX, STREAM, 0, pair);
        int one = pair.get(ValueLayout.JAVA_INT, 0);
        int other = pair.get(ValueLayout.JAVA_INT, 4);
        Sockets.sendmsg(one, message(one), Sockets.MSG_DONTWAIT | Sockets.MSG_NOSIGNAL);
        MemorySegment received = message(0);
        Sockets.recvmsg(other, received, Sockets.MSG_DONTWAIT | Sockets.MSG_CMSG_CLOEXEC);
        Sockets.recvmsg(other, received, Sockets.MSG_DONTWAIT);
        MemorySegment plain = message(0);
        MsgHdr.control(plain, MemorySegment.NULL, 0);
        MsgHdr.name(plain, address, SockAddr.SIZE);
        Sockets.sendmsg(one, message(one), Sockets.MSG_NOSIGNAL);
        Sockets.recvmsg(other, plain, Sockets.MSG_DONTWAIT);
        Descriptors.close(one);
        Descriptors.close(other);
    }

    private void epoll() {
        int epoll = Epoll.epoll_create1(Epoll.EPOLL_CLOEXEC);
        int plain = Epoll.epoll_create1(0);
        int event = EventFd.eventfd(0, EventFd.EFD_CLOEXEC | EventFd.EFD_NONBLOCK);
        MemorySegment events = Memory.allocate(64L * EpollEvent.BYTES);
        EpollEvent.set(events, 0, Epoll.EPOLLIN | Epoll.EPOLLRDHUP | Epoll.EPOLLEXCLUSIVE, -3);
        Epoll.epoll_ctl(epoll, Epoll.EPOLL_CTL_ADD, event, events);
        EpollEvent.set(events, 0, Epoll.EPOLLIN | Epoll.EPOLLPRI | Epoll.EPOLLET, -3);
        Epoll.epoll_ctl(epoll, Epoll.EPOLL_CTL_ADD, event, events);
        Epoll.epoll_wait(epoll, events, 64, 0);
        EventFd.wake(event, Memory.allocate(4));
        Epoll.epoll_wait(epoll, events, 64, -1);
        EpollEvent.set(events, 0, 0, 1L << 40);
        Epoll.epoll_ctl(epoll, Epoll.EPOLL_CTL_MOD, event, events);
        Epoll.epoll_ctl(epoll, Epoll.EPOLL_CTL_DEL, event, events);
        Epoll.epoll_ctl(epoll, Epoll.EPOLL_CTL_DEL, event, events);
        manyEvents(epoll, events);
        MemorySegment time = Memory.allocate(16);
        time.set(ValueLayout.JAVA_LONG, 8, 1_500_000);
        Epoll.epoll_pwait2(plain, events, 64, time, MemorySegment.NULL);
        Epoll.epoll_wait(-1, events, 64, 7);
        Descriptors.close(plain);
        Descriptors.close(epoll);
        Descriptors.close(event);
    }

    private static void manyEvents(int epoll, MemorySegment events) {
        int[] descriptors = new int[40];
        for (int i = 0; i < descriptors.length; i++) {
            descriptors[i] = EventFd.eventfd(1, EventFd.EFD_CLOEXEC);
            EpollEvent.set(events, 0, Epoll.EPOLLIN, descriptors[i]);
            Epoll.epoll_ctl(epoll, Epoll.EPOLL_CTL_ADD, descriptors[i], events);
        }
        Epoll.epoll_wait(epoll, events, 64, 0);
        for (int descriptor : descriptors) {
            Descriptors.close(descriptor);
        }
    }

    private void files() {
        MemorySegment path = Memory.string(folder(folder, "a-file-whose-name-is-longer-than-32-bytes\n"));
        MemorySegment none = Memory.string(folder(folder, "none"));
        int created = Descriptors.open(path, Descriptors.O_WRONLY | Descriptors.O_CREAT | Descriptors.O_EXCL, 0644);
        Descriptors.write(created, buffer, 3);
        Descriptors.close(created);
        Descriptors.open(path, Descriptors.O_WRONLY | Descriptors.O_CREAT | Descriptors.O_EXCL, 0);
        Descriptors.open(none, Descriptors.O_RDONLY | Descriptors.O_NONBLOCK | Descriptors.O_CLOEXEC, 0);
        int opened = Descriptors.open(path, Descriptors.O_RDONLY | Descriptors.O_NONBLOCK | Descriptors.O_CLOEXEC, 0);
        Descriptors.read(opened, buffer, 10);
        Descriptors.chmod(path, 0600);
        Descriptors.chmod(path, 0);
        Descriptors.chmod(none, 0777);
        Descriptors.fchmod(opened, 04711);
        MemorySegment statx = Memory.allocate(256);
        Descriptors.statx(opened, Memory.string(""), Descriptors.AT_EMPTY_PATH, Descriptors.STATX_INO, statx);
        Descriptors.statx(Descriptors.AT_FDCWD, path, Descriptors.AT_SYMLINK_NOFOLLOW, 0x7ff, statx);
        Descriptors.statx(Descriptors.AT_FDCWD, none, 0, Descriptors.STATX_INO, statx);
        Descriptors.close(opened);
        Descriptors.unlink(path);
        Descriptors.unlink(none);
    }
}
