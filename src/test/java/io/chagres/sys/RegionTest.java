package io.chagres.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.fixture.HangGuard;
import java.lang.foreign.MemorySegment;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HangGuard.class)
class RegionTest {

    @Test
    void aSharedRegionHasAllPartsZeroedAndAligned() {
        try (Region region = Region.shared(1, 12, 4096)) {
            for (long bytes : new long[] {1, 12, 4096}) {
                MemorySegment segment = region.allocate(bytes);
                assertEquals(bytes, segment.byteSize());
                assertEquals(0, segment.address() % 16);
                assertEquals(0, segment.get(JAVA_BYTE, bytes - 1));
            }
            assertThrows(IndexOutOfBoundsException.class, () -> region.allocate(1));
        }
    }

    @Test
    void theMemoryOfAClosedRegionIsRefused() {
        Region region = Region.shared(8);
        MemorySegment segment = region.allocate(8);
        region.close();
        assertThrows(IllegalStateException.class, () -> segment.get(JAVA_LONG, 0));
    }

    @Test
    void aRegionOfACallAllocatesAnySize() {
        try (Region region = Region.ofCall()) {
            assertEquals("r\u00e9gion", region.string("r\u00e9gion").getString(0));
            assertEquals(1 << 20, region.allocate(1 << 20).byteSize());
        }
    }
}
