package io.chagres.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The comparison behind {@link StraceAgreementTest} notices every kind of difference. */
@ExtendWith(HangGuard.class)
class TraceComparisonTest {

    private static final List<String> STRACE = List.of(
            "41<java> socket(AF_UNIX, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, 0) = 3",
            "41<java> close(3) = 0",
            "41<java> epoll_create1(EPOLL_CLOEXEC) = 5",
            "41<java> eventfd2(0, EFD_CLOEXEC|EFD_NONBLOCK) = 6",
            "42<java> read(9, \"a class\", 7) = 7",
            "41<java> epoll_wait(5,  <unfinished ...>",
            "43<SIGTERM handler> write(6, \"\\1\\0\\0\\0\\0\\0\\0\\0\", 8) = 8",
            "41<java> <... epoll_wait resumed>0x7f1200c01230, 1024, -1) = -1 EINTR (Interrupted system call)",
            "41<java> --- SIGTERM {si_signo=SIGTERM} ---",
            "41<java> recvfrom(6, \"x\", 65536, MSG_DONTWAIT, NULL, NULL) = 1",
            "41<java> close(6) = 0",
            "42<java> read(6, \"a class\", 7) = 7",
            "41<java> epoll_wait(5,  <unfinished ...>) = ?",
            "41<java> +++ exited with 0 +++");

    private static final List<String> OURS = List.of(
            "[main loop] epoll_create1(EPOLL_CLOEXEC) = 5",
            "[main loop] eventfd2(0, EFD_CLOEXEC|EFD_NONBLOCK) = 6",
            "[SIGTERM handler loop] write(6, \"\\1\\0\\0\\0\\0\\0\\0\\0\", 8) = 8",
            "[main 3 poll loop] epoll_wait(5, 0x7f1200c01230, 1024, -1) = -1 EINTR (Interrupted system call)",
            "[main 3 poll client 1 of server:80] recvfrom(6, \"x\", 65536, MSG_DONTWAIT, NULL, NULL) = 1",
            "[main] close(6) = 0");

    private static List<String> differences(UnaryOperator<List<String>> change) {
        List<String> changed = change.apply(new ArrayList<>(OURS));
        return TraceComparison.differences(StraceLog.read(STRACE), TracedLine.ours(changed));
    }

    private static List<String> differencesWith(int line, String text, String other) {
        return differences(lines -> {
            assertTrue(lines.get(line).contains(text));
            lines.set(line, lines.get(line).replace(text, other));
            return lines;
        });
    }

    @Test
    void equalTracesHaveNoDifference() {
        assertEquals(List.of(), differences(lines -> lines));
    }

    @Test
    void addressesInMemoryAreNotCompared() {
        assertEquals(List.of(), differencesWith(3, "0x7f1200c01230", "0x..."));
    }

    @Test
    void anotherArgumentIsADifference() {
        assertEquals(1, differencesWith(4, "65536", "65535").size());
        assertEquals(1, differencesWith(1, "EFD_CLOEXEC|", "").size());
        assertEquals(1, differencesWith(4, "\"x\"", "\"y\"").size());
    }

    @Test
    void anotherResultIsADifference() {
        assertEquals(1, differencesWith(4, "= 1", "= 2").size());
        assertEquals(1, differencesWith(3, "EINTR", "EAGAIN").size());
    }

    @Test
    void anotherThreadIsADifference() {
        assertTrue(differencesWith(4, "[main", "[other").size() > 1);
    }

    @Test
    void anotherOrderIsADifference() {
        assertEquals(
                2,
                differences(lines -> {
                            lines.add(4, lines.remove(3));
                            return lines;
                        })
                        .size());
    }

    @Test
    void anotherOrderOfTwoThreadsIsNone() {
        assertEquals(List.of(), differences(lines -> {
            lines.add(4, lines.remove(2));
            return lines;
        }));
    }

    @Test
    void aMissingLineIsADifference() {
        assertTrue(!differences(lines -> lines.subList(0, 5)).isEmpty());
        assertTrue(!differences(lines -> lines.subList(1, 6)).isEmpty());
    }

    @Test
    void aWaitThatTheEndOfTheProcessInterruptsMayBeMissing() {
        List<TracedLine> strace = TracedLine.ours(OURS.subList(0, 4));
        assertEquals(List.of(), TraceComparison.differences(strace, strace.subList(0, 3)));
        assertEquals(
                1, TraceComparison.differences(strace.subList(0, 3), strace).size());
    }

    @Test
    void anAdditionalLineIsADifference() {
        assertEquals(
                1,
                differences(lines -> {
                            lines.add("[main] close(7) = 0");
                            return lines;
                        })
                        .size());
    }

    @Test
    void aLineThatIsNoCallIsAMistake() {
        assertThrows(AssertionError.class, () -> TracedLine.ours(List.of("nonsense")));
    }
}
