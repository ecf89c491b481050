package io.chagres.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HangGuard.class)
class SequenceDiagramTest {

    /** The part of Mermaid's grammar that is used. A text has no sign that means something to Mermaid or to HTML. */
    private static final Pattern LINE = Pattern.compile(
            "    (?:participant \\w+ as TEXT"
                    .concat("|(\\w+)(->>|-->>|--\\))(\\w+): TEXT|Note (?:over|left of|right of) (\\w+): TEXT")
                    .concat("|activate (\\w+)|deactivate (\\w+))")
                    .replace("TEXT", "(?:[\\p{L}\\p{N} ()\\[\\],.=+\\-/|_'!?*:@]|#\\d+;)+"),
            Pattern.UNICODE_CHARACTER_CLASS);

    private static final Pattern PARTICIPANT = Pattern.compile("    participant (\\w+) as .*");

    private static List<String> drawn(List<TraceEvent> events) {
        List<String> lines = SequenceDiagram.of(events).lines().toList();
        assertEquals("sequenceDiagram", lines.getFirst());
        Map<String, Integer> active = new HashMap<>();
        for (String line : lines.subList(1, lines.size())) {
            Matcher participant = PARTICIPANT.matcher(line);
            Matcher matcher = LINE.matcher(line);
            assertTrue(matcher.matches(), line);
            if (participant.matches()) {
                active.put(participant.group(1), 0);
                continue;
            }
            for (int group : new int[] {1, 3, 4, 5, 6}) {
                String name = matcher.group(group);
                assertTrue(name == null || active.containsKey(name), line);
                if (name != null && group >= 5) {
                    active.merge(name, group == 5 ? 1 : -1, Integer::sum);
                    assertTrue(active.get(name) >= 0, line);
                }
            }
        }
        assertTrue(active.values().stream().allMatch(bars -> bars == 0), active::toString);
        return lines.stream().map(String::strip).toList();
    }

    @Test
    void theKernelsStandBetweenTheClientAndTheServer() {
        assertEquals(
                List.of(
                        "participant t0 as client",
                        "participant k0 as kernel of client",
                        "participant k1 as kernel of server",
                        "participant t1 as server"),
                drawn(EchoRun.events()).subList(1, 5));
    }

    @Test
    void theSegmentsFollowTheCallsThatCauseThem() {
        List<String> lines = drawn(EchoRun.events());
        int connect = lines.indexOf("t0->>k0: connect(5, 127.0.0.1:9297) = -1 EINPROGRESS");
        assertEquals(
                List.of("k0--)k1: SYN", "k1--)k0: SYN ACK", "k0--)k1: ACK"), lines.subList(connect + 1, connect + 4));
        assertEquals(
                List.of(
                        "k0--)k1: SYN",
                        "k1--)k0: SYN ACK",
                        "k0--)k1: ACK",
                        "k0--)k1: 5 bytes",
                        "k1--)k0: 5 bytes",
                        "k0--)k1: FIN",
                        "k1--)k0: FIN"),
                lines.stream().filter(line -> line.contains("--)")).toList());
    }

    @Test
    void aCallThatSleepsReturnsAfterWhatEndedItsSleep() {
        List<String> lines = drawn(EchoRun.events());
        int asked = lines.indexOf("t1->>k1: epoll_wait(3, [EPOLLIN], 1024, -1)");
        int connect = lines.indexOf("t0->>k0: connect(5, 127.0.0.1:9297) = -1 EINPROGRESS");
        int answered = lines.indexOf("k1-->>t1: epoll_wait = 1");
        assertTrue(asked < connect && connect < answered, lines::toString);
    }

    @Test
    void aCallbackIsABarAroundItsCalls() {
        List<String> lines = drawn(EchoRun.events());
        int begin = lines.indexOf("t1->>t1: connection of server:9297");
        assertEquals(
                List.of("activate t1", "t1->>k1: accept4(4) = 7", "Note right of t1: 'connection'", "deactivate t1"),
                lines.subList(begin + 1, begin + 5));
    }

    @Test
    void aPeerThatIsNotInTheTraceHasItsSegmentsBeforeTheCallsThatReportThem() {
        List<TraceEvent> server = EchoRun.events().stream()
                .filter(event -> event.place().thread().equals("server"))
                .toList();
        List<String> lines = drawn(server);
        assertEquals(
                List.of("participant x as peers", "participant k0 as kernel", "participant t0 as server"),
                lines.subList(1, 4));
        int accept = lines.indexOf("t0->>k0: accept4(4) = 7");
        assertEquals("x--)k0: SYN, SYN ACK, ACK", lines.get(accept - 1));
        assertTrue(lines.containsAll(List.of("x--)k0: 5 bytes", "k0--)x: 5 bytes", "x--)k0: FIN", "k0--)x: FIN")));
    }

    @Test
    void aLoopThatTalksToItselfHasOneKernel() {
        Place loop = EchoRun.in("loop", 1, "poll");
        List<TraceEvent> events = List.of(
                EchoRun.call(loop, "127.0.0.1:9297", "connect", EchoRun.CONNECT, -115, 5),
                EchoRun.call(loop, "server:9297", "accept4", EchoRun.ACCEPT, 7, 7),
                EchoRun.call(loop, "127.0.0.1:9297", "close", "5", 0, 5));
        assertEquals(
                List.of(
                        "participant t0 as loop",
                        "participant k0 as kernel",
                        "Note over t0: turn 1: poll",
                        "t0->>k0: connect(5, 127.0.0.1:9297) = -1 EINPROGRESS",
                        "k0--)k0: SYN",
                        "k0--)k0: SYN ACK",
                        "k0--)k0: ACK",
                        "t0->>k0: accept4(4) = 7",
                        "t0->>k0: close(5) = 0",
                        "k0--)k0: FIN"),
                drawn(events).subList(1, 11));
    }

    @Test
    void aRefusedConnectIsAnsweredByAReset() {
        List<TraceEvent> client = new ArrayList<>(EchoRun.events().stream()
                .filter(event -> event instanceof SystemCall call && call.name().equals("connect"))
                .toList());
        String arguments = "5, SOL_SOCKET, SO_ERROR, [ECONNREFUSED], [4]";
        Place place = EchoRun.in("client", 1, "poll");
        client.add(new SystemCall(
                place, "127.0.0.1:9297", "net", "getsockopt", arguments, 0, "0", 5, 150_000, 1000, List.of()));
        client.add(new SystemCall(place, "127.0.0.1:9297", "net", "close", "5", 0, "0", 5, 160_000, 1000, List.of()));
        assertEquals(
                List.of("k0--)x: SYN", "x--)k0: RST"),
                drawn(client).stream().filter(line -> line.contains("--)")).toList());
    }

    @Test
    void signsOfMermaidAndOfHtmlAreEscaped() {
        assertEquals(
                "a#59;b#35;c#34;d#60;br/#62;e f#37;#37;g#36;#36;#123;h#125;#38;",
                DiagramText.escape("a;b#c\"d<br/>e\nf%%g$$h".replace("h", "{h}&")));
        assertEquals("grüße λ 漢字 #128640;", DiagramText.escape("grüße λ 漢字 🚀"));
        assertEquals(" ", DiagramText.escape(""));
    }

    @Test
    void anEmptyTraceIsADiagram() {
        assertEquals(List.of("sequenceDiagram", "participant nothing as an empty trace"), drawn(List.of()));
    }

    @Test
    void aThreadWithoutCallsHasNoKernel() {
        Place place = new Place("main", 0, "", "");
        assertEquals(
                List.of("sequenceDiagram", "participant t0 as main", "Note left of t0: hello"),
                drawn(List.of(new Note(place, "hello", 0, List.of()))));
    }

    @Test
    void aHugeTraceIsCutAndTheDiagramSaysSo() {
        List<TraceEvent> events = new ArrayList<>();
        for (int i = 0; i < 10_000; i++) {
            events.add(new CallbackRun(
                    EchoRun.in("loop", i + 1, "timers"), "timer " + "🚀".repeat(50), i * 1000L, 10, List.of()));
        }
        List<String> lines = drawn(events);
        int bars =
                (int) lines.stream().filter(line -> line.startsWith("activate")).count();
        assertTrue(bars > 50, () -> bars + " callbacks");
        assertEquals("Note over t0: " + (10_000 - bars) + " more events are left out", lines.getLast());
        assertTrue(SequenceDiagram.of(events).length() < 50_000, "Mermaid refuses more");
    }
}
