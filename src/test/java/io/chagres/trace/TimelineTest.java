package io.chagres.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.HangGuard;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HangGuard.class)
class TimelineTest {

    private static final Place LOOP = EchoRun.in("loop", 1, "poll");

    private static CallbackRun callback(Place place, String name, long from, long to) {
        return new CallbackRun(place, name, from, to - from, List.of());
    }

    private static SystemCall call(Place place, String name, long from, long to) {
        return new SystemCall(place, "", "net", name, "", 0, "0", -1, from, to - from, List.of());
    }

    private static List<String> steps(TraceEvent... events) {
        return Timeline.of(List.of(events)).steps().stream()
                .map(step -> "-".repeat(step.depth())
                        + name(step.event())
                        + (step.inside() < 0 ? "" : " in " + step.inside()))
                .toList();
    }

    private static String name(TraceEvent event) {
        return switch (event) {
            case SystemCall call -> call.name();
            case CallbackRun run -> run.name();
            case Note note -> note.text();
        };
    }

    @Test
    void aCallbackStandsBeforeItsCallsAndAroundThem() {
        assertEquals(
                List.of("outer", "-inner in 0", "--close in 1", "-send in 0", "recv"),
                steps(
                        call(LOOP, "close", 20, 30),
                        callback(LOOP, "inner", 15, 35),
                        call(LOOP, "send", 40, 45),
                        callback(LOOP, "outer", 10, 50),
                        call(LOOP, "recv", 60, 61)));
    }

    @Test
    void aCauseStandsBeforeItsEffectOnAnotherThread() {
        Place other = EchoRun.in("other", 1, "poll");
        assertEquals(
                List.of("connect", "epoll_wait", "accept4"),
                steps(call(LOOP, "epoll_wait", 0, 55), call(LOOP, "accept4", 56, 58), call(other, "connect", 50, 60)));
    }

    @Test
    void atTheSameNanosecondWhatEndsStandsBeforeWhatBegins() {
        assertEquals(
                List.of("epoll_wait", "outer", "-inner in 1", "--note in 2"),
                steps(
                        new Note(LOOP, "note", 100, List.of()),
                        callback(LOOP, "inner", 100, 110),
                        callback(LOOP, "outer", 100, 120),
                        call(LOOP, "epoll_wait", 0, 100)));
    }

    @Test
    void callbacksOfDifferentThreadsDoNotNest() {
        Place other = EchoRun.in("other", 1, "poll");
        assertEquals(List.of("data", "close"), steps(callback(LOOP, "data", 0, 100), call(other, "close", 10, 20)));
    }
}
