package io.chagres.sys;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.OldWays;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HangGuard.class)
class LibcTest {

    @Test
    void theErrorNamesAMissingFunction() {
        assertFalse(Libc.has("no_such_function"));
        Error error = assertThrows(UnsatisfiedLinkError.class, () -> Libc.plain("no_such_function"));
        assertEquals("the C library has no function no_such_function", error.getMessage());
    }

    @Test
    void criticalCallsCaptureErrnoSince24() {
        assertEquals(!OldWays.copiesHeapMemory(), Libc.CRITICAL);
    }

    /** Calls abs(3) of an int: with all 64 bits of the word, the undefined upper half of an int result would be visible. */
    @Test
    void anIntResultIsNarrowed() {
        CFunction abs = Libc.plain("abs");
        assertEquals(5, Libc.call(abs, -5, 0, 0));
        assertEquals(5, Libc.call(abs, 0xffff_ffff_0000_0005L, 0, 0));
        assertEquals(5, Libc.call(abs, 0x0000_0001_ffff_fffbL, 0, 0));
    }

    @Test
    void aLongResultIsTakenWhole() {
        CFunction labs = Libc.plain("labs");
        MemorySegment far = MemorySegment.ofAddress(0);
        assertEquals(1L << 40, Libc.size(labs, -(1L << 40), far, 0));
    }

    @Test
    void aHeapSegmentIsRefusedAsAPointer() {
        MemorySegment heap = MemorySegment.ofArray(new byte[16]);
        assertThrows(AssertionError.class, () -> Sockets.connect(-1, heap, 16));
    }

    @Test
    void exceptionsOfAMistakeAreThrownUnchanged() {
        RuntimeException mistake = new IllegalStateException();
        Error error = new StackOverflowError();
        IOException impossible = new IOException();
        assertSame(mistake, assertThrows(IllegalStateException.class, () -> Libc.unexpected(mistake)));
        assertSame(error, assertThrows(StackOverflowError.class, () -> Libc.unexpected(error)));
        assertSame(impossible, Libc.unexpected(impossible).getCause());
    }
}
