package io.chagres.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The JSON is read by Python, which also checks each member of the format, and that each slice is inside of its parent. */
@ExtendWith(HangGuard.class)
class ChromeTraceTest {

    private static final Path CHECK = Path.of("src/test/resources/trace/check_chrome_trace.py");

    private static List<String> checked(List<TraceEvent> events) throws IOException, InterruptedException {
        return check(ChromeTrace.of(events));
    }

    private static List<String> check(String json) throws IOException, InterruptedException {
        return Program.runWith(json, "python3", "-c", Files.readString(CHECK))
                .lines()
                .toList();
    }

    @Test
    void aThreadHasItsIterationsWithTheirPhasesCallbacksAndCalls() throws Exception {
        String tree = String.join("\n", checked(EchoRun.events()));
        assertTrue(tree.startsWith("""
                thread server
                  socket
                  listen
                  turn 1
                    poll
                      epoll_wait
                      connection of server:9297
                        accept4
                        'connection' !
                  turn 2
                    poll
                      epoll_wait
                      recvfrom
                      data
                        sendto
                  turn 3
                    poll
                      recvfrom
                    closing
                      close
                """), tree);
    }

    @Test
    void aConnectionIsOneFlowFromConnectToTheLastClose() throws Exception {
        assertEquals(
                "client 1 of server:9297: connect@client accept4@server sendto@client recvfrom@server sendto@server recvfrom@client"
                        + " shutdown@client recvfrom@server close@server recvfrom@client close@client",
                checked(EchoRun.events()).getLast());
    }

    @Test
    void theOrderInWhichEventsWereReportedDoesNotMatter() throws Exception {
        List<TraceEvent> reversed = new ArrayList<>(EchoRun.events()).reversed();
        assertEquals(checked(EchoRun.events()), checked(reversed));
    }

    @Test
    void anEmptyTraceIsAValidFile() throws Exception {
        assertEquals(
                List.of(),
                checked(List.of()).stream().filter(line -> !line.isEmpty()).toList());
    }

    @Test
    void anyTextSurvives() throws Exception {
        String text = "\"\\</script>\u0000\u0001\n\u2028é\uD83D\uDE80";
        Place place = new Place("λ", 0, "", "");
        String json = ChromeTrace.of(List.of(new Note(place, text, 7, List.of())));
        String read = Program.runWith(
                json,
                "python3",
                "-c",
                "import json,sys; print(ascii(json.load(sys.stdin)['traceEvents'][-1]['name']))");
        assertEquals("'\"\\\\</script>\\x00\\x01\\n\\u2028\\xe9\\U0001f680'", read);
    }

    @Test
    void noNanosecondIsLost() {
        Place place = EchoRun.in("loop", 1, "poll");
        String json = ChromeTrace.of(List.of(
                new Note(place, "first", 5_000_000_001L, List.of()),
                new CallbackRun(place, "timer", 5_000_001_002L, 1_234_567, List.of())));
        assertTrue(json.contains("\"ts\":1.001,\"dur\":1234.567"), json);
    }

    @Test
    void aSliceThatLeavesItsParentIsFound() throws Exception {
        Place place = EchoRun.in("loop", 1, "poll");
        List<String> faults = checked(List.of(
                new CallbackRun(place, "one", 0, 1000, List.of()),
                new CallbackRun(place, "two", 500, 1000, List.of())));
        assertTrue(faults.getFirst().startsWith("ends after the slice around it"), faults::toString);
    }

    @Test
    void aHugeTraceIsWrittenWhole() throws Exception {
        List<TraceEvent> events = new ArrayList<>();
        for (int i = 0; i < 5_000; i++) {
            events.add(new CallbackRun(EchoRun.in("loop", i + 1, "timers"), "timer", i * 1000L, 10, List.of()));
        }
        assertEquals(1 + 3 * 5_000, checked(events).size());
    }
}
