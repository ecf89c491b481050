package io.chagres.trace;

import io.chagres.sys.Call;
import io.chagres.sys.Descriptors;
import io.chagres.sys.SockAddr;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The owner of each descriptor whose making the trace has seen: a server, a connection, a loop. */
final class Owners {

    static final String SERVER = "server:";
    static final String LOOP = "loop";

    private final Map<Integer, String> labels = new ConcurrentHashMap<>();
    private final Set<Integer> ports = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> clients = new ConcurrentHashMap<>();

    /**
     * The use of a descriptor by a call.
     *
     * @param descriptor the one that the call is about, or -1
     * @param owner the label of the owner, or an empty string
     */
    record Use(String function, int descriptor, String owner) {

        /** Returns whether a call that usually carries data is a message to a loop. */
        boolean isOfLoop() {
            return owner.equals(LOOP) && function.equals("write");
        }
    }

    /** Returns the label of a descriptor, or an empty string. */
    String ownerOf(int descriptor) {
        return labels.getOrDefault(descriptor, "");
    }

    /** Returns whether a descriptor that was seen has this port, at its own end or at that of the peer. */
    boolean hasPort(int port) {
        return ports.contains(port);
    }

    /** Returns what {@code call}, which has returned, was about. Call it before {@link #learn}. */
    Use use(Call call) {
        String function = call.function();
        int result = (int) call.result();
        return switch (function) {
            case "socket", "epoll_create1", "eventfd", "open" ->
                new Use(function, Math.max(-1, result), newOwner(function));
            case "accept4" -> new Use(function, Math.max(-1, result), ownerOf(call.number(0)));
            case "epoll_ctl" -> new Use(function, call.number(0), ownerOfRegistered(call));
            case "connect" -> new Use(function, call.number(0), address(call, call.number(2)));
            case "socketpair", "pipe2", "unlink", "chmod", "statx", "getrlimit", "getaddrinfo", "getnameinfo" ->
                new Use(function, -1, "");
            default -> new Use(function, call.number(0), ownerOf(call.number(0)));
        };
    }

    private static String newOwner(String function) {
        return function.startsWith("e") ? LOOP : "";
    }

    private String ownerOfRegistered(Call call) {
        String owner = ownerOf(call.number(2));
        return owner.isEmpty() ? LOOP : owner;
    }

    /** Notes what {@code call} says about its descriptors. */
    void learn(Call call) {
        int result = (int) call.result();
        if (call.function().equals("close")) {
            labels.remove(call.number(0));
        } else if (call.function().equals("connect")) {
            labels.put(call.number(0), address(call, call.number(2)));
        } else if (result >= 0) {
            learn(call, result);
        }
    }

    private void learn(Call call, int result) {
        int descriptor = call.number(0);
        switch (call.function()) {
            case "epoll_create1", "eventfd" -> labels.put(result, LOOP);
            case "bind" -> labels.put(descriptor, SERVER + address(call, call.number(2), false));
            case "accept4" -> labels.put(result, accepted(call));
            case "getsockname" -> learnName(call, descriptor);
            case "getpeername" -> labels.putIfAbsent(descriptor, returned(call, true));
            case "fcntl" -> learnDuplicate(call, descriptor, result);
            default -> {}
        }
    }

    /** A server that let the kernel choose its port asks for it. */
    private void learnName(Call call, int descriptor) {
        if (ownerOf(descriptor).startsWith(SERVER)) {
            labels.put(descriptor, SERVER + returned(call, false));
        } else {
            returned(call, false);
        }
    }

    private void learnDuplicate(Call call, int descriptor, int result) {
        if (call.number(1) == Descriptors.F_DUPFD_CLOEXEC && labels.containsKey(descriptor)) {
            labels.put(result, ownerOf(descriptor));
        }
    }

    /** A server need not ask for the address of its client: then the clients are numbered. */
    private String accepted(Call call) {
        String peer = returned(call, true);
        String server = ownerOf(call.number(0));
        return peer.isEmpty() ? "client " + clients.merge(server, 1, Integer::sum) + " of " + server : peer;
    }

    /** Returns the address that a call of the kind of getsockname returned; empty if there is none. */
    private String returned(Call call, boolean withHost) {
        if (call.word(1) == 0 || call.word(2) == 0) {
            return "";
        }
        int length = call.memory(2, Integer.BYTES).get(ValueLayout.JAVA_INT_UNALIGNED, 0);
        return address(call, Math.min(length, call.lengthBefore()), withHost);
    }

    private String address(Call call, int length) {
        return address(call, length, true);
    }

    private String address(Call call, int length, boolean withHost) {
        if (length < Short.BYTES || call.word(1) == 0) {
            return "";
        }
        MemorySegment address = call.memory(1, length);
        return switch (SockAddr.family(address)) {
            case Sockets.AF_INET, Sockets.AF_INET6 -> withPort(address, withHost);
            case Sockets.AF_UNIX -> name(SockAddr.unixName(address, length));
            default -> "";
        };
    }

    private String withPort(MemorySegment address, boolean withHost) {
        int port = SockAddr.port(address);
        if (port != 0) {
            ports.add(port);
        }
        return withHost ? SocketTable.address(SockAddr.ip(address), port) : String.valueOf(port);
    }

    private static String name(byte[] name) {
        String text = new String(name, StandardCharsets.UTF_8);
        return text.startsWith("\0") ? "@" + text.substring(1) : text;
    }
}
