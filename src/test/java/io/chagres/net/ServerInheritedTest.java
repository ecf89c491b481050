package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.Local;
import io.chagres.fixture.Program;
import io.chagres.fixture.Talk;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Listening descriptors that a process has from the one that started it: here a Python that has bound them. */
@ConnectionTest
@Tag("host")
class ServerInheritedTest {

    private static final String BOUND = """
        import socket, subprocess, sys
        s = socket.socket()
        s.bind(('127.0.0.1', 0))
        s.listen(16)
        address = s.getsockname()
        def start(name, **how):
            return subprocess.Popen(sys.argv[1:] + ['serve', str(s.fileno()), name], pass_fds=[s.fileno()], **how)
        def visit(last_words=b''):
            with socket.create_connection(address) as c:
                name = c.recv(100)
                c.sendall(last_words)
                return name.decode()
        """;

    @Test
    @Covers("node:test-listen-fd-server")
    void anInheritedListenerAcceptsAfterItsParentHasStoppedListening() throws Exception {
        assertEquals("heir heir heir 0", python("""
            child = start('heir')
            s.close()
            print(visit(), visit(), visit(b'q'), child.wait())
            """));
    }

    @Test
    @Covers("node:test-listen-fd-cluster")
    void severalProcessesShareAnInheritedListener() throws Exception {
        assertEquals("['one', 'two'] 0 0", python("""
            one, two = start('one'), start('two')
            s.close()
            first = visit(b'q')
            second = first
            while second == first:
                second = visit(b'q')
            print(sorted([first, second]), one.wait(), two.wait())
            """));
    }

    /** It is a session of its own, and its parent has gone when it is visited. */
    @Test
    @Covers({"node:test-listen-fd-detached", "node:test-listen-fd-detached-inherit"})
    void anInheritedListenerOutlivesItsParent() throws Exception {
        String[] printed = python("""
            print(address[1], start('orphan', start_new_session=True).pid)
            """).split(" ");
        int port = Integer.parseInt(printed[0]);
        ProcessHandle orphan = ProcessHandle.of(Long.parseLong(printed[1])).orElseThrow();
        try (java.net.Socket socket = new java.net.Socket(Local.HOST, port)) {
            socket.setSoTimeout(30_000);
            assertEquals("orphan", Talk.text(socket, 6));
            Talk.send(socket, "q");
        } finally {
            orphan.onExit().get(30, TimeUnit.SECONDS);
        }
    }

    /** They are /dev/null and a file: neither is a socket. */
    @Test
    @Covers({"node:test-net-listen-fd0", "node:test-listen-fd-ebadf"})
    void theStandardOnesAreUsuallyNoSockets() throws Exception {
        assertEquals("""
            listen EINVAL: invalid argument
            listen EINVAL: invalid argument
            listen EINVAL: invalid argument""", forked("standard"));
    }

    @Test
    @Covers("node:test-net-listen-after-destroying-stdin")
    void theNumberOfAClosedStandardInputIsANumberAsAnyOther() throws Exception {
        assertEquals("""
            listening on 0
            closed: true
            5 bytes""", forked("reused"));
    }

    private static String forked(String mode) throws Exception {
        List<String> command = ForkedJvm.command(InheritingProgram.class);
        command.add(mode);
        return ForkedJvm.run(command).output();
    }

    private static String python(String script) throws Exception {
        List<String> command = new ArrayList<>(ForkedJvm.command(InheritingProgram.class));
        try (Program python = Program.python(BOUND + script, command.toArray(String[]::new))) {
            return python.result();
        }
    }
}
