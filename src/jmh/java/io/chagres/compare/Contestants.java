package io.chagres.compare;

import io.chagres.compare.Contestant.Runtime;
import io.chagres.compare.machine.Command;
import io.chagres.compare.server.Mode;
import java.io.File;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** All contestants, in the order of the tables. */
final class Contestants {

    private static final String SERVERS = "io.chagres.compare.server.";
    private static final List<Mode> STREAMS = List.of(Mode.ECHO, Mode.SINK, Mode.SOURCE);
    private static final List<Mode> TLS = List.of(Mode.TLS_ECHO, Mode.TLS_SINK, Mode.TLS_SOURCE, Mode.TLS_ECHO_RSA);
    private static final List<String> SEEN = List.of(
            "-XX:StartFlightRecording:settings=src/main/resources/chagres.jfc,io.chagres.LoopTurn#enabled=true,"
                    + "filename=target/compare/seen.jfr",
            "-Xlog:jfr*=off",
            "-Dchagres.jmx=true",
            "-Dchagres.origins=true",
            "-Dchagres.leaks=true");

    /** Chagres needs the first flag. Netty uses Unsafe, which a JDK from 24 on reports without the second. */
    private static final List<String> FLAGS = version() < 23
            ? List.of("--enable-native-access=ALL-UNNAMED")
            : List.of("--enable-native-access=ALL-UNNAMED", "--sun-misc-unsafe-memory-access=allow");

    private final Workshop workshop;
    private final List<Integer> loops;
    private final List<Contestant> all = new ArrayList<>();

    private Contestants(Workshop workshop, List<Integer> loops) {
        this.workshop = workshop;
        this.loops = loops;
    }

    private static int version() {
        return java.lang.Runtime.version().feature();
    }

    /** Returns all contestants with one loop. */
    static List<Contestant> all(Workshop workshop) {
        return all(workshop, List.of(1));
    }

    /**
     * Returns all contestants with each of these numbers of loops. Those that have a choice have a name such as {@code chagres-2} with more
     * loops than one, and the others have one.
     */
    static List<Contestant> all(Workshop workshop, List<Integer> loops) {
        Contestants contestants = new Contestants(workshop, loops);
        contestants.addNatives();
        contestants.addChagres();
        contestants.addRecorded();
        contestants.addOldWays();
        contestants.addOtherBuild();
        contestants.addJdk();
        contestants.addPeers();
        contestants.addRedis();
        return contestants.all;
    }

    private void addNatives() {
        addScalable(
                "c",
                "C, a raw epoll loop; OpenSSL",
                Runtime.NATIVE,
                "gcc",
                OpenSsl.missing() == null ? and(STREAMS, TLS) : STREAMS,
                (mode, count) -> served(
                        mode.isTls() ? OpenSsl.program(workshop, "openssl") : workshop.c("epoll", "-pthread"),
                        mode,
                        count));
        add("libuv", "C, libuv", Runtime.NATIVE, "gcc", STREAMS, mode -> served(workshop.c("libuv", "-luv"), mode));
        addScalable(
                "go",
                "Go's net, net/http",
                Runtime.NATIVE,
                "go",
                List.of(Mode.ECHO, Mode.SINK, Mode.SOURCE, Mode.HTTP),
                (mode, count) -> served(workshop.go("server"), mode, count));
        addScalable(
                "node",
                "Node's net, http, tls",
                Runtime.NODE,
                "node",
                and(List.of(Mode.ECHO, Mode.SINK, Mode.SOURCE, Mode.HTTP), TLS),
                (mode, count) ->
                        List.of("node", "src/jmh/js/server.js", "0", mode.argument(), Integer.toString(count)));
        addScalable(
                "nginx",
                "nginx, return 200",
                Runtime.NATIVE,
                "nginx",
                List.of(Mode.HTTP),
                (mode, count) -> new Nginx(workshop).command(freePort(), count));
    }

    private void addChagres() {
        addScalable(
                "chagres",
                "Chagres, net.Socket: socket.pipe(socket)",
                Runtime.JVM,
                null,
                and(List.of(Mode.ECHO, Mode.SINK, Mode.SOURCE, Mode.HTTP, Mode.KEYS), TLS),
                this::chagres);
        addJava(
                "chagres-data",
                "Chagres, net.Socket: onData(socket::write)",
                List.of(Mode.ECHO),
                "ChagresServer",
                "data");
        addJava(
                "chagres-lent",
                "Chagres, net.Socket: onRead into one lent buffer",
                List.of(Mode.ECHO),
                "ChagresServer",
                "lent");
        addJava(
                "chagres-rehearsed",
                "Chagres, after a Rehearsal of three seconds",
                List.of(Mode.ECHO),
                "ChagresServer",
                "rehearsed");
        addJava("chagres-stream", "Chagres, socket floor: Tcp, tryWrite", STREAMS, "ChagresStreamServer");
    }

    /** Adds Chagres with all of its eyes open but the trace: a recording of every event, the beans, origins and leaks. */
    private void addRecorded() {
        addWithOptions("chagres-seen", "Chagres, recorded: docs/flight-recorder.md", SEEN);
    }

    /** Adds Chagres in the ways of older systems. */
    private void addOldWays() {
        addWithOptions(
                "chagres-copies",
                "Chagres, without critical calls: JDK 22 and 23",
                List.of("-Dchagres.test.without=critical"));
        addWithOptions(
                "chagres-millis", "Chagres, without epoll_pwait2(2)", List.of("-Dchagres.test.without=epoll_pwait2"));
    }

    private void addWithOptions(String name, String says, List<String> options) {
        add(name, says, Runtime.JVM, null, STREAMS, mode -> {
            List<String> command = java(workshop.classPath(), "ChagresServer", mode);
            command.addAll(1, options);
            return command;
        });
    }

    /** Adds another build of the library, to compare in turns with this one: its jar, or its folder of classes. */
    private void addOtherBuild() {
        String build = System.getenv("CHAGRES_BEFORE");
        add(
                "before",
                "Chagres, the build that CHAGRES_BEFORE names",
                Runtime.JVM,
                null,
                build == null ? List.of() : STREAMS,
                mode -> java(
                        build + File.pathSeparator + workshop.file("servers.jar"),
                        SERVERS + "ChagresServer",
                        "0",
                        mode.argument()));
    }

    private List<String> chagres(Mode mode, int count) throws IOException {
        return switch (mode) {
            case HTTP -> count == 1 ? example("HttpPlaintext") : httpLoops(count);
            case KEYS -> example("KeyValue");
            default ->
                java(
                        workshop.classPath(),
                        mode.isTls() ? "ChagresTlsServer" : "ChagresServer",
                        mode,
                        "pipe",
                        Integer.toString(count));
        };
    }

    private List<String> httpLoops(int count) throws IOException {
        return java(
                workshop.example("HttpPlaintext", "src/jmh/loops/HttpLoops.java"),
                "HttpLoops",
                "0",
                Integer.toString(count));
    }

    private List<String> example(String name) throws IOException {
        return java(workshop.example(name), name, "0");
    }

    private void addJdk() {
        addJava("ffm", "JDK, java.lang.foreign: the raw epoll loop of C", STREAMS, "ForeignServer");
        addJava("nio", "JDK, NIO selector loop", STREAMS, "NioServer");
        addJava("virtual", "JDK, virtual threads that block", STREAMS, "VirtualThreadServer");
    }

    private void addPeers() {
        for (String transport : List.of("epoll", "nio", "io_uring")) {
            addPeer("netty-" + transport, "Netty 4.2, " + transport, STREAMS, "NettyServer", transport);
        }
        addPeer("netty-jdk", "Netty 4.2, epoll, TLS by the JDK's engine", TLS, "NettyTlsServer", "jdk");
        addPeer("netty-tcnative", "Netty 4.2, epoll, TLS by BoringSSL", TLS, "NettyTlsServer", "tcnative");
        addPeer(
                "vertx",
                "Vert.x 5",
                and(List.of(Mode.ECHO, Mode.SINK, Mode.SOURCE, Mode.HTTP), TLS),
                "VertxServer",
                "epoll");
    }

    private void addRedis() {
        add(
                "redis",
                "redis-server",
                Runtime.NATIVE,
                "redis-server",
                List.of(Mode.KEYS),
                mode -> List.of(
                        "redis-server",
                        "--port",
                        Integer.toString(freePort()),
                        "--bind",
                        "127.0.0.1",
                        "--save",
                        "",
                        "--appendonly",
                        "no"));
    }

    /** Returns a free port for redis-server, to which port 0 means no port. */
    private static int freePort() throws IOException {
        try (ServerSocket any = new ServerSocket(0)) {
            return any.getLocalPort();
        }
    }

    private static List<Mode> and(List<Mode> some, List<Mode> others) {
        return Stream.concat(some.stream(), others.stream()).toList();
    }

    private interface Starting {
        List<String> command(Mode mode) throws IOException;
    }

    private interface Scalable {
        List<String> command(Mode mode, int loops) throws IOException;
    }

    private static List<String> served(String program, Mode mode) {
        return List.of(program, "0", mode.argument());
    }

    private static List<String> served(String program, Mode mode, int count) {
        return List.of(program, "0", mode.argument(), Integer.toString(count));
    }

    private void addJava(String name, String says, List<Mode> modes, String main, String... variant) {
        add(name, says, Runtime.JVM, null, modes, mode -> java(workshop.classPath(), main, mode, variant));
    }

    private void addPeer(String name, String says, List<Mode> modes, String main, String variant) {
        addScalable(
                name,
                says,
                Runtime.JVM,
                null,
                modes,
                (mode, count) -> java(workshop.classPathOfPeers(), main, mode, variant, Integer.toString(count)));
    }

    private static List<String> java(String classPath, String main, Mode mode, String... variant) {
        List<String> command = new ArrayList<>(java(classPath, SERVERS + main, "0", mode.argument()));
        command.addAll(List.of(variant));
        return command;
    }

    private static List<String> java(String classPath, String main, String... arguments) {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(FLAGS);
        command.addAll(List.of("-cp", classPath, main));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Adds a contestant that serves with any number of loops. */
    private void addScalable(
            String name, String says, Runtime runtime, String program, List<Mode> modes, Scalable starting) {
        for (int count : loops) {
            String suffix = count == 1 ? "" : "-" + count;
            add(
                    new Words(name + suffix, name, says + (count == 1 ? "" : ", " + count + " loops"), count),
                    runtime,
                    program,
                    modes,
                    mode -> starting.command(mode, count));
        }
    }

    private void add(String name, String says, Runtime runtime, String program, List<Mode> modes, Starting starting) {
        if (loops.contains(1)) {
            add(new Words(name, name, says, 1), runtime, program, modes, starting);
        }
    }

    private record Words(String name, String alone, String says, int loops) {}

    /** @param program the program that must be installed; null for none */
    private void add(Words words, Runtime runtime, String program, List<Mode> modes, Starting starting) {
        Map<Mode, List<String>> commands = new EnumMap<>(Mode.class);
        String missing = program == null || Command.exists(program) ? null : program + " is not installed";
        try {
            for (Mode mode : missing == null ? modes : List.<Mode>of()) {
                commands.put(mode, starting.command(mode));
            }
        } catch (IOException broken) {
            missing = broken.getMessage();
        }
        all.add(new Contestant(words.name, words.alone, words.says, words.loops, runtime, commands, missing));
    }
}
