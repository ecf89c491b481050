package io.chagres.loop.internal;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.LoopFixture;
import io.chagres.loop.Loop;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@ExtendWith(LoopFixture.class)
class ReadSlabTest {

    /** Each chunk is filled with its own number; at the end, each number must still be in its place. */
    @ParameterizedTest
    @ValueSource(longs = {1, 2, 3, 4, 5})
    void chunksNeverOverlapNorChange(long seed, Loop loop) {
        Random random = new Random(seed);
        ReadSlab slab = ReadSlab.of(LoopCore.of(loop));
        List<ByteBuffer> chunks = new ArrayList<>();
        for (int i = 0; i < 5000; i++) {
            ByteBuffer room = slab.room();
            int count =
                    1 + random.nextInt(random.nextInt(20) == 0 ? room.remaining() : Math.min(100, room.remaining()));
            for (int at = 0; at < count; at++) {
                room.put(room.position() + at, (byte) i);
            }
            ByteBuffer chunk = slab.take(count);
            assertEquals(0, chunk.position());
            assertEquals(count, chunk.remaining());
            assertEquals(count, chunk.capacity(), "a chunk must not reach into its neighbour");
            chunks.add(chunk);
        }
        for (int i = 0; i < chunks.size(); i++) {
            ByteBuffer chunk = chunks.get(i);
            while (chunk.hasRemaining()) {
                assertEquals((byte) i, chunk.get());
            }
        }
    }

    @Test
    void roomThatIsNotTakenIsGivenAgain(Loop loop) {
        ReadSlab slab = ReadSlab.of(LoopCore.of(loop));
        ByteBuffer room = slab.room();
        assertSame(room, slab.room());
        assertEquals(0, room.position());
    }

    @Test
    void smallReadsUseASlabToItsEndAndStillHaveAKibibyte(Loop loop) {
        ReadSlab slab = ReadSlab.of(LoopCore.of(loop));
        int least = Integer.MAX_VALUE;
        for (int i = 0; i < 20_000; i++) {
            least = Math.min(least, slab.room().remaining());
            slab.take(50);
        }
        assertTrue(least >= 1024 && least < 2048, "the least room was " + least);
    }

    @Test
    void readsThatFillTheirRoomGetHalfASlabAtLeast(Loop loop) {
        ReadSlab slab = ReadSlab.of(LoopCore.of(loop));
        smallReadsUseASlabToItsEndAndStillHaveAKibibyte(loop);
        for (int i = 0; i < 10; i++) {
            slab.take(slab.room().remaining());
        }
        for (int i = 0; i < 50; i++) {
            assertTrue(slab.room().remaining() >= 32 * 1024);
            slab.take(Math.min(slab.room().remaining(), 20_000));
        }
    }

    @Test
    void whatIsLentAndTakenBackIsLentAgain(Loop loop) {
        ReadSlab loans = ReadSlab.of(LoopCore.of(loop)).ofLoans();
        ByteBuffer room = loans.room();
        assertTrue(loans.isRoom(room));
        for (int i = 0; i < 10_000; i++) {
            ByteBuffer loan = loans.lend(1 + i * 7 % 65_536);
            assertSame(room, loan);
            assertEquals(0, loan.position());
            assertEquals(1 + i * 7 % 65_536, loan.remaining());
            loans.takeBack();
            assertSame(room, loans.room());
            assertEquals(64 * 1024, room.remaining());
        }
    }

    @Test
    void whatWasLentAndKeptIsNotTouchedAgain(Loop loop) {
        ReadSlab loans = ReadSlab.of(LoopCore.of(loop)).ofLoans();
        loans.room();
        ByteBuffer kept = loans.lend(100);
        loans.giveAway();
        ByteBuffer room = loans.room();
        assertSame(kept.array(), room.array(), "a small one does not cost a whole slab");
        assertEquals(kept.limit(), room.position());
        assertNotSame(kept, room);
        loans.lend(30).put(120, (byte) 1);
        loans.takeBack();
        assertEquals(100, kept.remaining());
    }

    @Test
    void readsThatFillTheRoomOfLoansGetAWholeSlab(Loop loop) {
        ReadSlab loans = ReadSlab.of(LoopCore.of(loop)).ofLoans();
        loans.room();
        loans.lend(100);
        loans.giveAway();
        loans.lend(loans.room().remaining());
        loans.takeBack();
        assertEquals(64 * 1024, loans.room().remaining());
    }

    @Test
    void loansAndChunksNeverMeet(Loop loop) {
        ReadSlab chunks = ReadSlab.of(LoopCore.of(loop));
        assertSame(chunks.ofLoans(), chunks.ofLoans());
        assertNotSame(chunks.room().array(), chunks.ofLoans().room().array());
        assertFalse(chunks.isRoom(chunks.ofLoans().room()));
    }

    @Test
    void eachLoopHasItsOwn(Loop loop) {
        assertSame(ReadSlab.of(LoopCore.of(loop)), ReadSlab.of(LoopCore.of(loop)));
        try (Loop other = new Loop()) {
            assertNotSame(ReadSlab.of(LoopCore.of(loop)), ReadSlab.of(LoopCore.of(other)));
        }
    }
}
