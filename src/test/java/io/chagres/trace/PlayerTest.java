package io.chagres.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The text of the page. PlayerPageTest opens it in a browser. */
@ExtendWith(HangGuard.class)
class PlayerTest {

    @Test
    void thePageNeedsNoOtherFile() {
        String page = Player.page("echo", EchoRun.events(), Map.of());
        assertFalse(
                Pattern.compile("(src|href)=\"(?!data:)|url\\((?!#)|@import|\\bfetch\\b|XMLHttpRequest|\\bimport\\(")
                        .matcher(page)
                        .find());
        assertFalse(page.replace("http://www.w3.org/2000/svg", "").contains("://"), "an address");
    }

    @Test
    void noDataEndsTheElementThatHoldsIt() {
        Note note = new Note(new Place("main", 0, "", ""), "</script><!--", 0, List.of());
        String page = Player.page("</title><b>&", List.of(note), Map.of("A.java", "// </script>"));
        assertEquals(2, page.split("</script>", -1).length - 1);
        assertFalse(page.contains("<!--"));
        assertTrue(page.contains("<title>&lt;/title&gt;&lt;b&gt;&amp;</title>"));
    }

    @Test
    void theStatesOfTheSocketsAreWrittenWhenTheyChange() {
        String page = Player.page("echo", EchoRun.events(), Map.of());
        assertEquals(5, page.split("\"sockets\":", -1).length - 1);
    }

    @Test
    void statesThatAnotherThreadHasSeenEarlierAreNotShown() {
        SocketState early = new SocketState("127.0.0.1:1", "127.0.0.1:2", "FIN_WAIT1");
        SocketState late = new SocketState("127.0.0.1:1", "127.0.0.1:2", "FIN_WAIT2");
        Place one = new Place("one", 0, "", "");
        Place other = new Place("other", 0, "", "");
        String page = Player.page(
                "race",
                List.of(new Note(one, "a", 1, List.of(late)), new Note(other, "b", 2, List.of(early))),
                Map.of());
        assertTrue(page.contains("FIN_WAIT2\"]]"));
        assertFalse(page.contains("FIN_WAIT1\"]]"));
    }

    @Test
    void aRecordedLessonIsASmallFile() {
        String page = Player.page("echo", EchoRun.events(), Map.of());
        String empty = Player.page("echo", List.of(), Map.of());
        int perStep = (page.length() - empty.length()) / EchoRun.events().size();
        assertTrue(empty.length() < 40_000 && perStep < 400, () -> empty.length() + " and " + perStep + " a step");
    }

    @Test
    void aHugeTraceIsCutAndThePageSaysSo() {
        List<TraceEvent> events = new ArrayList<>();
        for (int i = 0; i < Player.MAX_STEPS + 7; i++) {
            events.add(new Note(new Place("main", 0, "", ""), "n", i, List.of()));
        }
        String page = Player.page("huge", events, Map.of());
        assertTrue(page.contains("{\"left\":7,"));
        assertEquals(Player.MAX_STEPS, page.split("\"note\":", -1).length - 1);
    }
}
