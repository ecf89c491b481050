package io.chagres.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Waits;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HangGuard.class)
class MemoryTest {

    @Test
    void allocatedMemoryIsZeroedAndAligned() {
        MemorySegment segment = Memory.allocate(33);
        assertEquals(0, segment.address() % 16);
        assertArrayEquals(new byte[33], segment.toArray(JAVA_BYTE));
    }

    @Test
    void allocatedMemoryMayBeWrittenByAnyThread() throws InterruptedException {
        MemorySegment segment = Memory.allocate(1);
        Waits.join(Thread.ofPlatform().start(() -> segment.set(JAVA_BYTE, 0, (byte) 7)));
        assertEquals(7, segment.get(JAVA_BYTE, 0));
    }

    @Test
    void aStringEndsInNul() {
        assertArrayEquals(new byte[] {'a', 'b', 0}, Memory.string("ab").toArray(JAVA_BYTE));
        assertArrayEquals(
                new byte[] {(byte) 0xc3, (byte) 0xb6, 0}, Memory.string("ö").toArray(JAVA_BYTE));
        assertArrayEquals(new byte[] {0}, Memory.string(new byte[0]).toArray(JAVA_BYTE));
    }

    @Test
    void aCallBeyondTheEndOfASegmentIsNoticed() {
        MemorySegment segment = MemorySegment.ofArray(new byte[8]).asSlice(4);
        assertFalse(Memory.outside(segment, 4));
        assertTrue(Memory.outside(segment, 5));
        assertTrue(Memory.outside(segment, -1));
        assertFalse(Memory.outside(segment, 3, 1));
        assertTrue(Memory.outside(segment, 3, 2));
        assertTrue(Memory.outside(segment, -1, 2));
        assertTrue(Memory.outside(segment, Long.MAX_VALUE, 2));
    }
}
