package io.chagres.handle;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.conformance.Covers;
import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(LoopFixture.class)
class HandleWalkTest {

    private final Journal journal = new Journal();

    private static List<Handle> handles(Loop loop) {
        List<Handle> seen = new ArrayList<>();
        Handle.walk(loop, seen::add);
        return seen;
    }

    @Test
    @Covers("libuv:walk_handles")
    void aWalkInATimersCallbackSeesTheTimer(Loop loop) {
        Timer timer = new Timer(loop);
        timer.start(1, () -> {
            assertEquals(List.of(timer), handles(loop));
            timer.close();
        });
        assertEquals(List.of(timer), handles(loop));
        loop.run();
        assertEquals(List.of(), handles(loop));
    }

    @Test
    void aWalkVisitsInactiveAndClosingHandlesInTheOrderOfCreation(Loop loop) {
        Timer inactive = new Timer(loop);
        Idle unreferenced = new Idle(loop);
        unreferenced.unref();
        Check closing = new Check(loop);
        closing.close();
        assertEquals(List.of(inactive, unreferenced, closing), handles(loop));
        Handle.walk(loop, Handle::close);
        loop.run();
    }

    @Test
    void aWalkInACloseCallbackDoesNotVisitTheClosedHandle(Loop loop) {
        Timer timer = new Timer(loop);
        timer.close(() -> assertEquals(List.of(), handles(loop)));
        loop.run();
    }

    @Test
    void aWalkDoesNotVisitHandlesThatTheVisitorMakes(Loop loop) {
        new Timer(loop);
        Handle.walk(loop, handle -> {
            journal.add("seen");
            new Timer(loop);
        });
        journal.expect("seen");
        assertEquals(2, handles(loop).size());
        Handle.walk(loop, Handle::close);
        loop.run();
    }

    @Test
    void aWalkDoesNotVisitWork(Loop loop) {
        Work.submit(loop, () -> "done", (result, failure) -> journal.add(result));
        assertEquals(List.of(), handles(loop));
        loop.run();
        journal.expect("done");
    }
}
