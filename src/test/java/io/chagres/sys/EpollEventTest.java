package io.chagres.sys;

import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.HangGuard;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(HangGuard.class)
class EpollEventTest {

    @ParameterizedTest
    @ValueSource(strings = {"amd64", "x86_64"})
    void anEventIsPackedOnX86(String arch) {
        assertEquals(new EpollEvent.Layout(12, 4), EpollEvent.Layout.of(arch));
    }

    @ParameterizedTest
    @ValueSource(strings = {"aarch64", "riscv64", "ppc64le", "s390x"})
    void anEventIsAlignedElsewhere(String arch) {
        assertEquals(new EpollEvent.Layout(16, 8), EpollEvent.Layout.of(arch));
    }

    /** {@link EpollTest} and {@link SelfCheck} compare the layout in use with the kernel. */
    @Test
    void anElementIsWhereTheRunningLayoutSays() {
        EpollEvent.Layout layout = EpollEvent.Layout.of(System.getProperty("os.arch"));
        assertEquals(layout.bytes(), EpollEvent.size());
        MemorySegment array = Memory.allocate(3L * EpollEvent.size());
        EpollEvent.set(array, 2, Epoll.EPOLLET, 0x0102_0304_0506_0708L);
        assertEquals(Epoll.EPOLLET, array.get(JAVA_INT_UNALIGNED, 2L * layout.bytes()));
        assertEquals(0x0102_0304_0506_0708L, array.get(JAVA_LONG_UNALIGNED, 2L * layout.bytes() + layout.data()));
        assertEquals(Epoll.EPOLLET, EpollEvent.events(array, 2));
        assertEquals(0x0102_0304_0506_0708L, EpollEvent.data(array, 2));
        assertEquals(0, EpollEvent.events(array, 1));
        assertEquals(0, EpollEvent.data(array, 1));
    }
}
