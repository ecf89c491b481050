package io.chagres.trace;

import java.util.ArrayList;
import java.util.List;

/** A trace by hand: a client sends five bytes to an echo server, and ends. The times are microseconds. */
final class EchoRun {

    private static final String SERVER_ADDRESS = "127.0.0.1:9297";
    private static final String CLIENT_ADDRESS = "127.0.0.1:51234";
    static final String CONNECT = "5, {sa_family=AF_INET, sin_port=htons(9297), sin_addr=inet_addr(\"127.0.0.1\")}, 16";
    static final String ACCEPT = "4, NULL, NULL, SOCK_CLOEXEC|SOCK_NONBLOCK";
    private static final String PEER = "client 1 of server:9297";

    private final List<TraceEvent> events = new ArrayList<>();
    private List<SocketState> sockets = List.of();

    private EchoRun() {}

    static List<TraceEvent> events() {
        EchoRun run = new EchoRun();
        run.begin();
        run.talk();
        run.end();
        return run.events;
    }

    private void begin() {
        Place setup = new Place("server", 0, "", "Echo.java:12");
        call(setup, "server:0", "socket", "AF_INET, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, IPPROTO_TCP", 4, 4, 0, 5);
        sockets = List.of(listener());
        call(setup, "server:9297", "listen", "4, 511", 0, 4, 10, 4);
        Place start = new Place("client", 0, "", "Echo.java:20");
        call(
                start,
                SERVER_ADDRESS,
                "socket",
                "AF_INET, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, IPPROTO_TCP",
                5,
                5,
                40,
                5);
        sockets = List.of(listener(), client("ESTABLISHED"), server("ESTABLISHED"));
        call(start, SERVER_ADDRESS, "connect", CONNECT, -115, 5, 50, 40);
        call(
                in("server", 1, "poll"),
                "loop",
                "epoll_wait",
                "3, [{events=EPOLLIN, data={u32=4, u64=4}}], 1024, -1",
                1,
                3,
                20,
                80);
    }

    private void talk() {
        call(in("server", 1, "poll"), "server:9297", "accept4", ACCEPT, 7, 7, 105, 10);
        note(new Place("server", 1, "poll", "Echo.java:14"), "'connection'", 120);
        callback(in("server", 1, "poll"), "connection of server:9297", 103, 30);
        call(
                in("client", 1, "poll"),
                "loop",
                "epoll_wait",
                "6, [{events=EPOLLOUT, data={u32=5, u64=5}}], 1024, -1",
                1,
                6,
                100,
                60);
        call(
                new Place("client", 1, "poll", "Echo.java:24"),
                SERVER_ADDRESS,
                "sendto",
                "5, \"h\\303\\251;<b>\", 5, MSG_DONTWAIT|MSG_NOSIGNAL, NULL, 0",
                5,
                5,
                170,
                12);
        callback(in("client", 1, "poll"), "connect", 165, 25);
        call(
                in("server", 2, "poll"),
                "loop",
                "epoll_wait",
                "3, [{events=EPOLLIN, data={u32=7, u64=7}}], 1024, -1",
                1,
                3,
                140,
                60);
        call(
                in("server", 2, "poll"),
                PEER,
                "recvfrom",
                "7, \"h\\303\\251;<b>\", 65536, MSG_DONTWAIT, NULL, NULL",
                5,
                7,
                205,
                5);
        call(
                new Place("server", 2, "poll", "Echo.java:15"),
                PEER,
                "sendto",
                "7, \"h\\303\\251;<b>\", 5, MSG_DONTWAIT|MSG_NOSIGNAL, NULL, 0",
                5,
                7,
                220,
                8);
        callback(in("server", 2, "poll"), "data", 212, 20);
        call(
                in("client", 2, "poll"),
                SERVER_ADDRESS,
                "recvfrom",
                "5, \"h\\303\\251;<b>\", 65536, MSG_DONTWAIT, NULL, NULL",
                5,
                5,
                240,
                5);
    }

    private void end() {
        sockets = List.of(listener(), client("FIN_WAIT2"), server("CLOSE_WAIT"));
        call(new Place("client", 2, "poll", "Echo.java:26"), SERVER_ADDRESS, "shutdown", "5, SHUT_WR", 0, 5, 250, 9);
        call(in("server", 3, "poll"), PEER, "recvfrom", "7, \"\", 65536, MSG_DONTWAIT, NULL, NULL", 0, 7, 270, 3);
        sockets = List.of(listener(), client("TIME_WAIT"));
        call(in("server", 3, "closing"), PEER, "close", "7", 0, 7, 280, 11);
        call(
                in("client", 3, "poll"),
                SERVER_ADDRESS,
                "recvfrom",
                "5, \"\", 65536, MSG_DONTWAIT, NULL, NULL",
                0,
                5,
                300,
                3);
        call(in("client", 3, "closing"), SERVER_ADDRESS, "close", "5", 0, 5, 310, 8);
        sockets = List.of(client("TIME_WAIT"));
        call(in("server", 4, "closing"), "server:9297", "close", "4", 0, 4, 330, 8);
    }

    private static SocketState listener() {
        return new SocketState(SERVER_ADDRESS, "0.0.0.0:0", "LISTEN");
    }

    private static SocketState client(String state) {
        return new SocketState(CLIENT_ADDRESS, SERVER_ADDRESS, state);
    }

    private static SocketState server(String state) {
        return new SocketState(SERVER_ADDRESS, CLIENT_ADDRESS, state);
    }

    static Place in(String thread, long turn, String phase) {
        return new Place(thread, turn, phase, "");
    }

    private void call(
            Place place, String owner, String name, String arguments, long result, int descriptor, long at, long took) {
        String answer = result == -115 ? "-1 EINPROGRESS (Operation now in progress)" : Long.toString(result);
        String category = name.startsWith("epoll") ? "epoll" : name.matches("sendto|recvfrom") ? "data" : "net";
        events.add(new SystemCall(
                place, owner, category, name, arguments, result, answer, descriptor, at * 1000, took * 1000, sockets));
    }

    /** A call that took no time. */
    static SystemCall call(Place place, String owner, String name, String arguments, long result, int descriptor) {
        EchoRun run = new EchoRun();
        run.call(place, owner, name, arguments, result, descriptor, 0, 0);
        return (SystemCall) run.events.getFirst();
    }

    private void callback(Place place, String name, long at, long took) {
        events.add(new CallbackRun(place, name, at * 1000, took * 1000, sockets));
    }

    private void note(Place place, String text, long at) {
        events.add(new Note(place, text, at * 1000, sockets));
    }
}
