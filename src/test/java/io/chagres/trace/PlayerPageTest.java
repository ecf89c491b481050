package io.chagres.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Program;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** The page in a browser without a window. A script that is added to the page uses its controls, and writes down what it shows. */
@ExtendWith(HangGuard.class)
class PlayerPageTest {

    private static final String SOURCE =
            "class Echo {\n".concat("    int line; // ;-)\n".repeat(40)).concat("}\n");

    /** Writes a line for each look, and in the end whether something was fetched from anywhere. */
    private static final String LOOK = """
            const seen = [];
            const texts = selector => [...document.querySelectorAll(selector)].map(part => part.textContent).join(' ').trim();
            const look = () => seen.push([texts('#counter'), texts('#where b'), texts('#what'), texts('.ring text.lit'),
              texts('#rows .state'), texts('#source .lit i'), texts('#list .lit .number'), location.hash].join(' | '));
            const press = key => document.body.dispatchEvent(new KeyboardEvent('keydown', {key, bubbles: true}));
            const done = () => {
              seen.push(performance.getEntriesByType('resource').length + ' fetched');
              document.body.append(element('pre', {id: 'seen', textContent: seen.join('\\n')}));
            };
            """;

    @TempDir
    Path folder;

    private List<String> seen(List<TraceEvent> events, String fragment, String script)
            throws IOException, InterruptedException {
        String page = Player.page("An echo", events, Map.of("Echo.java", SOURCE));
        Path file = folder.resolve("run.html");
        Files.writeString(file, page.replace("</body>", "<script>" + LOOK + script + "</script></body>"));
        String dom = Program.run(
                "chromium",
                "--headless",
                "--no-sandbox", // which root needs
                "--disable-gpu",
                "--enable-logging=stderr",
                "--user-data-dir=" + folder.resolve("profile"),
                "--virtual-time-budget=5000",
                "--dump-dom",
                file.toUri() + fragment);
        assertEquals(
                List.of(), dom.lines().filter(line -> line.contains(":CONSOLE")).toList());
        String begin = "<pre id=\"seen\">";
        assertTrue(dom.contains(begin), dom);
        String text = dom.substring(dom.indexOf(begin) + begin.length(), dom.lastIndexOf("</pre>"));
        return text.replace("&lt;", "<")
                .replace("&gt;", ">")
                .replace("&amp;", "&")
                .lines()
                .toList();
    }

    @Test
    void aStepIsShownByItsLinkAndByKeysAndByTheList() throws Exception {
        List<String> seen = seen(EchoRun.events(), "#step=4", """
                look();
                press('ArrowRight');
                look();
                press('End');
                look();
                document.querySelectorAll('#list li')[16].click();
                look();
                document.getElementById('previous').click();
                look();
                press('Home');
                look();
                done();
                """);
        String connect =
                "connect(5, {sa_family=AF_INET, sin_port=htons(9297), sin_addr=inet_addr(\"127.0.0.1\")}, 16) = -1 EINPROGRESS (Operation now in progress)  <40 µs>";
        String wait = "epoll_wait(3, [{events=EPOLLIN, data={u32=4, u64=4}}], 1024, -1) = 1  <80 µs>";
        assertEquals(
                List.of(
                        "4 / 22 | client | " + connect + " |  | LISTEN ESTABLISHED ESTABLISHED | 20 | 4 | #step=4",
                        "5 / 22 | server | " + wait + " | poll | LISTEN ESTABLISHED ESTABLISHED |  | 5 | #step=5",
                        "22 / 22 | server | close(4) = 0  <8.0 µs> | closing closing | LISTEN → gone TIME_WAIT |  | 22 | #step=22"),
                seen.subList(0, 3));
        assertEquals("0 fetched", seen.getLast());
    }

    @Test
    void theFilterAndThePlayerSkipTheStepsOfALoop() throws Exception {
        List<String> seen = seen(EchoRun.events(), "#step=4", """
                document.querySelectorAll('#filter button')[0].click();
                press('ArrowRight');
                look();
                seen.push(document.querySelectorAll('#list li:not([hidden])').length + ' in the list');
                press(' ');
                setTimeout(() => { press(' '); look(); done(); }, 2500);
                """);
        assertEquals(4, seen.size(), seen::toString);
        assertTrue(seen.get(0).startsWith("9 / 22 | client | epoll_wait"), seen::toString);
        assertEquals("9 in the list", seen.get(1));
        assertTrue(seen.get(2).startsWith("11 / 22 | client | sendto"), seen::toString);
    }

    @Test
    void anEmptyRunAndHostileTextsAreShown() throws Exception {
        assertEquals(
                List.of(" |  | This run has no events. |  |  |  |  | ", "0 fetched"),
                seen(List.of(), "", "look(); done();"));
        String text = "</script><img src=x onerror=alert(1)> λ 🚀";
        Note note = new Note(new Place("main", 0, "", text), text, 0, List.of());
        assertEquals(
                List.of("1 / 1 | main | " + text + " |  |  |  | 1 | #step=1", "0 fetched"),
                seen(List.of(note), "#step=99", "look(); done();"));
    }
}
