package io.chagres.handle;

import static io.chagres.handle.PollEvents.DISCONNECT;
import static io.chagres.handle.PollEvents.NONE;
import static io.chagres.handle.PollEvents.PRIORITIZED;
import static io.chagres.handle.PollEvents.READABLE;
import static io.chagres.handle.PollEvents.WRITABLE;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.sys.Epoll;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ExtendWith(HangGuard.class)
class PollEventsTest {

    private static final List<PollEvents> SINGLE = List.of(READABLE, WRITABLE, DISCONNECT, PRIORITIZED);
    private static final int OTHER_BITS = Epoll.EPOLLERR | Epoll.EPOLLHUP | Epoll.EPOLLET | Epoll.EPOLLONESHOT;

    static Set<PollEvents> allSets() {
        Set<PollEvents> all = new HashSet<>(Set.of(NONE));
        for (PollEvents single : SINGLE) {
            List.copyOf(all).forEach(set -> all.add(set.add(single)));
        }
        return all;
    }

    @Test
    void thereAreSixteenSetsOfEvents() {
        assertEquals(16, allSets().size());
    }

    @ParameterizedTest
    @MethodSource("allSets")
    void theUnionOfSetsIsIdempotentAndCommutativeAndNoneIsNeutral(PollEvents set) {
        assertSame(set, set.add(set));
        assertSame(set, set.add(NONE));
        for (PollEvents other : allSets()) {
            assertSame(set.add(other), other.add(set));
            assertTrue(set.add(other).has(set));
            assertEquals(set.has(other), set.add(other) == set);
        }
    }

    @ParameterizedTest
    @MethodSource("allSets")
    void thePredicatesOfASetAgreeWithHas(PollEvents set) {
        assertEquals(set.isReadable(), set.has(READABLE));
        assertEquals(set.isWritable(), set.has(WRITABLE));
        assertEquals(set.isDisconnect(), set.has(DISCONNECT));
        assertEquals(set.isPrioritized(), set.has(PRIORITIZED));
        assertEquals(set.isEmpty(), set == NONE);
        assertTrue(set.has(NONE));
    }

    @ParameterizedTest
    @MethodSource("allSets")
    void aSetSurvivesTheConversionToKernelBitsAndBack(PollEvents set) {
        assertSame(set, PollEvents.ofKernel(set.kernelBits()));
        assertSame(set, PollEvents.ofKernel(set.kernelBits() | OTHER_BITS));
    }

    @Test
    void theKernelBitsOfASetAreThoseOfEpoll() {
        assertEquals(Epoll.EPOLLIN, READABLE.kernelBits());
        assertEquals(Epoll.EPOLLOUT, WRITABLE.kernelBits());
        assertEquals(Epoll.EPOLLRDHUP, DISCONNECT.kernelBits());
        assertEquals(Epoll.EPOLLPRI, PRIORITIZED.kernelBits());
        assertEquals(0, NONE.kernelBits());
    }

    @Test
    void aSetWithOneOfTwoEventsHasNotBoth() {
        assertFalse(READABLE.has(READABLE.add(WRITABLE)));
        assertTrue(READABLE.add(WRITABLE).has(READABLE));
    }

    @Test
    void aSetPrintsItsMembers() {
        assertEquals("none", NONE.toString());
        assertEquals("readable", READABLE.toString());
        assertEquals(
                "readable+writable+disconnect+prioritized",
                PRIORITIZED.add(DISCONNECT).add(WRITABLE).add(READABLE).toString());
    }
}
