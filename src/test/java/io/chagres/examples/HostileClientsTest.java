package io.chagres.examples;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Talk;
import io.chagres.fixture.UnixPeer;
import io.chagres.fixture.Waits;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.StandardProtocolFamily;
import java.net.StandardSocketOptions;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.FutureTask;
import java.util.regex.Pattern;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Clients that mean harm, against each server of the examples. A client may cost a server what the server's limits say, and no more; the
 * next client is served.
 */
@ExtendWith(HangGuard.class)
class HostileClientsTest {

    /** More than any example holds for one client: 1 MiB, and what was read and written last. */
    private static final long MAX_HELD = (1 << 20) + 128 * 1024;

    private static final Pattern HELD = Pattern.compile("(\\d+) bytes to (read|write)");
    /** More than the buffers of the kernel hold: a client that sends so much is read, or is stopped. */
    private static final long MIN_PIPELINED = 40L << 20;

    private static final String NAME = "localhost";
    private static final String GET = "GET /plaintext HTTP/1.1\r\nHost: here\r\n\r\n";

    /** The servers, and the request of a good client with its answer. */
    private enum Target {
        HttpPlaintext(GET, "HTTP/1.1 200 OK"),
        HttpsProxy(GET, "HTTP/1.1 200 OK"),
        HttpAllCores(GET, "HTTP/1.1 200 OK"),
        BehindABalancer("PROXY TCP4 192.0.2.7 127.0.0.1 51234 80\r\n" + GET, "HTTP/1.1 200 OK"),
        Restart(GET, "HTTP/1.1 200 OK"),
        KeyValue("PING\r\n", "+PONG\r\n"),
        Broker("SUBSCRIBE news\n", "OK\n"),
        Chat("a name\n", "* Who are you?"),
        EchoServer("hello", "hello"),
        UnixEcho("hello", "hello"),
        GracefulExit("hello", "hello"),
        HalfOpen("hello", "5 bytes"),
        Proxy("PING\r\n", "+PONG\r\n");

        private final String question;
        private final String answer;

        Target(String question, String answer) {
            this.question = question;
            this.answer = answer;
        }

        boolean isSecure() {
            return this == HttpsProxy;
        }

        /** Returns whether its protocol has lines or heads, so that it can refuse bytes. */
        boolean hasLimit() {
            return compareTo(Chat) <= 0;
        }
    }

    private static final Map<Target, SocketAddress> PLACES = new EnumMap<>(Target.class);
    private static final Map<Target, SocketChannel> SILENT = new EnumMap<>(Target.class);

    @TempDir
    private static Path folder;

    private static Process servers;
    private static BufferedReader output;

    @BeforeAll
    static void start() throws Exception {
        List<String> command = new ArrayList<>(ForkedJvm.command(
                AllServers.class,
                "-XX:TieredStopAtLevel=1",
                "-Xmx256m",
                "-DidleMillis=2000",
                "-DrequestMillis=2000",
                "-DhandshakeMillis=2000",
                "-DnameMillis=2000"));
        command.add(ExampleProcess.compiled());
        servers = Waits.limit(
                new ProcessBuilder(command).redirectErrorStream(true).start());
        output = servers.inputReader();
        SecureClient.install(folder, NAME, "server-ec");
        for (Target target : Target.values()) {
            PLACES.put(target, start(target));
            SILENT.put(target, SocketChannel.open(PLACES.get(target)));
        }
    }

    private static SocketAddress start(Target target) throws IOException {
        Path socket = folder.resolve("echo.sock");
        say(target + " "
                + switch (target) {
                    case HttpsProxy -> "0 " + folder + " " + NAME + "=" + portOf(Target.HttpPlaintext);
                    case HttpAllCores -> "0 127.0.0.1 DEALER 2";
                    case Broker -> "0 2";
                    case UnixEcho -> socket;
                    case HalfOpen -> "0 0";
                    case Restart -> "0 " + folder.resolve("handover");
                    case Proxy -> "0 " + portOf(Target.KeyValue);
                    default -> "0";
                });
        String prefix = target + " listening on ";
        String line = output.readLine();
        while (line != null && (!line.startsWith(prefix) || line.endsWith("allowHalfOpen false"))) {
            line = output.readLine();
        }
        assertTrue(line != null, target + " does not listen");
        return target == Target.UnixEcho
                ? UnixDomainSocketAddress.of(socket)
                : new InetSocketAddress(
                        "127.0.0.1",
                        ExampleProcess.portOf(line.substring(target.name().length() + 1)));
    }

    private static int portOf(Target target) {
        return ((InetSocketAddress) PLACES.get(target)).getPort();
    }

    private static void say(String line) throws IOException {
        OutputStream input = servers.getOutputStream();
        input.write((line + "\n").getBytes(StandardCharsets.UTF_8));
        input.flush();
    }

    @AfterAll
    static void stop() throws Exception {
        servers.destroyForcibly();
        Waits.exit(servers);
        for (SocketChannel silent : SILENT.values()) {
            silent.close();
        }
    }

    // ---- the clients

    @ParameterizedTest
    @EnumSource
    void aLineWithoutEnd(Target target) throws Exception {
        try (SocketChannel client = attack(target, bytes("x".repeat(1024)), 256 * 1024)) {
            if (target.hasLimit()) {
                Waits.get(start(() -> ending(client)));
            }
        }
    }

    @ParameterizedTest
    @EnumSource
    void moreHeadersThanAnyHeadHas(Target target) throws Exception {
        attack(target, bytes("GET /plaintext HTTP/1.1\r\n" + "Name: value\r\n".repeat(10_000)), 1)
                .close();
    }

    @ParameterizedTest
    @EnumSource
    void aLengthThatIsWrong(Target target) throws Exception {
        for (String length : List.of("2147483648", "-5", "abc")) {
            attack(target, bytes("*1\r\n$" + length + "\r\nPING\r\n"), 1).close();
        }
    }

    @ParameterizedTest
    @EnumSource
    void aMillionRequestsWhoseAnswersAreNotRead(Target target) throws Exception {
        byte[] requests = bytes(target.question.repeat(1000));
        attack(target, requests, Math.max(MIN_PIPELINED, 1000L * requests.length))
                .close();
    }

    @ParameterizedTest
    @EnumSource
    void noise(Target target) throws Exception {
        attack(target, Talk.noise(11, 64 * 1024), 1).close();
    }

    /** They have sent nothing since the begin of the tests. */
    @ParameterizedTest
    @EnumSource
    void silence(Target target) {
        assertTrue(Waits.get(start(() -> ending(SILENT.get(target)))));
    }

    /**
     * Connects, sends {@code bytes} again and again and reads nothing, until {@code length} bytes are sent, or the server disconnects the
     * client or stops reading. What the server holds then is limited, and it serves the next client.
     */
    private static SocketChannel attack(Target target, byte[] bytes, long length) throws Exception {
        SocketChannel client = connect(target);
        FutureTask<Boolean> sender = start(() -> send(client, bytes, length));
        Waits.until("the server goes on", () -> sender.isDone() || state(client).contains("does not read"));
        String state = state(client);
        long held = HELD.matcher(state)
                .results()
                .mapToLong(found -> Long.parseLong(found.group(1)))
                .sum();
        assertTrue(held < MAX_HELD, state);
        try (SocketChannel good = connect(target)) {
            String answer = Waits.get(
                    start(() -> target.isSecure() ? askSecurely(good, target.question) : ask(good, target.question)));
            assertTrue(answer.contains(target.answer), answer);
        }
        return client;
    }

    /** Connects with a small receive buffer: the kernel keeps few bytes for the client. */
    private static SocketChannel connect(Target target) throws IOException {
        SocketChannel client = SocketChannel.open(
                target == Target.UnixEcho ? StandardProtocolFamily.UNIX : StandardProtocolFamily.INET);
        client.setOption(StandardSocketOptions.SO_RCVBUF, 4096);
        client.connect(PLACES.get(target));
        return client;
    }

    /** Returns whether all was sent. */
    private static boolean send(SocketChannel client, byte[] bytes, long length) {
        try {
            for (long sent = 0; sent < length; sent += bytes.length) {
                client.write(ByteBuffer.wrap(bytes));
            }
            return true;
        } catch (IOException disconnected) {
            return false;
        }
    }

    private static String ask(SocketChannel client, String question) throws IOException {
        UnixPeer.send(client, question);
        client.shutdownOutput();
        return UnixPeer.allText(client);
    }

    private static String askSecurely(SocketChannel client, String question) throws IOException {
        SSLSocket secure = SecureClient.over(client.socket(), NAME);
        Talk.send(secure, question);
        secure.shutdownOutput();
        return Talk.allText(secure);
    }

    /** Reads to the end, by FIN or by RST. */
    private static boolean ending(SocketChannel client) {
        try {
            UnixPeer.all(client);
        } catch (IOException reset) {
            // an end as well
        }
        return true;
    }

    /** Returns what the server says about the connection of a client; "" if it has ended it. A client of a Unix socket has no name. */
    private static String state(SocketChannel client) {
        try {
            String end = client.getLocalAddress() instanceof InetSocketAddress local
                    ? "-> 127.0.0.1:" + local.getPort() + ")"
                    : "echo.sock";
            say(AllServers.DUMP);
            String state = "";
            for (String line = output.readLine(); !AllServers.END.equals(line); line = output.readLine()) {
                assertTrue(line != null, "the servers have ended");
                state += line.contains("of Socket (") && line.contains(end) ? line : "";
            }
            return state;
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static <T> FutureTask<T> start(Callable<T> job) {
        FutureTask<T> task = new FutureTask<>(job);
        Thread.ofPlatform().daemon().start(task);
        return task;
    }

    private static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
