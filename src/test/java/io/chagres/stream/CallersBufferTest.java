package io.chagres.stream;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.Journal;
import io.chagres.fixture.LoopFixture;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Buffers that their callers move as soon as the call has returned, and chunks that one of several receivers moves. */
@ExtendWith(LoopFixture.class)
class CallersBufferTest {

    private final Journal journal = new Journal();

    @AfterEach
    void endTicks(Loop loop) {
        loop.run();
    }

    /** Decodes the buffer, which moves its position to its limit. */
    private Consumer<ByteBuffer> decoder(String name) {
        return chunk -> journal.add(name + " " + StandardCharsets.UTF_8.decode(chunk));
    }

    // ---- writing

    @Test
    void aWriteThatWaitsIsWrittenAsItWasAtTheCall(Loop loop) {
        MemoryDuplex stream = new MemoryDuplex(loop).watched();
        stream.holds = true;
        ByteBuffer waiting = Talk.buffer("waiting");
        stream.write(Talk.buffer("first"));
        stream.write(waiting);
        StandardCharsets.UTF_8.decode(waiting);
        stream.end();
        loop.run();
        stream.completeAll();
        loop.run();
        stream.completeAll();
        loop.run();
        stream.journal.expect("[first]", "[waiting]", "final", "finish");
        stream.destroy();
        loop.run();
    }

    @Test
    void writesThatGoTogetherAreWrittenAsTheyWereAtTheirCalls(Loop loop) {
        MemoryDuplex stream = new MemoryDuplex(loop);
        stream.vectored = true;
        ByteBuffer one = ByteBuffer.wrap("abcdef".getBytes(StandardCharsets.UTF_8));
        stream.cork();
        for (int i = 0; i < 3; i++) {
            stream.write(one.limit(2 * i + 2).position(2 * i));
        }
        one.clear().limit(0);
        stream.uncork();
        stream.journal.expect("[ab|cd|ef]");
    }

    @Test
    void aSinkThatEmptiesItsBufferDoesNotMoveTheCallersBuffer(Loop loop) {
        MemoryDuplex stream = new MemoryDuplex(loop);
        stream.taking = data -> data.position(data.limit());
        ByteBuffer data = Talk.buffer("data");
        stream.write(data);
        assertEquals(4, data.remaining());
    }

    @Test
    void aSinkMayKeepItsBufferEvenIfTheCallerMovesItsOwn(Loop loop) {
        MemoryDuplex stream = new MemoryDuplex(loop);
        List<ByteBuffer> kept = new ArrayList<>();
        stream.holds = true;
        stream.taking = kept::add;
        ByteBuffer data = Talk.buffer("data");
        stream.write(data);
        data.position(4);
        assertEquals("data", Talk.text(kept.getFirst()));
        stream.complete();
    }

    @Test
    void aWriteOfAClosedArenaIsRefusedAtTheCall(Loop loop) {
        MemoryDuplex stream = new MemoryDuplex(loop).watched();
        Arena arena = Arena.ofConfined();
        ByteBuffer freed = arena.allocate(8).asByteBuffer();
        arena.close();
        assertThrows(IllegalStateException.class, () -> stream.write(freed));
        assertThrows(IllegalStateException.class, () -> stream.end(freed));
        assertTrue(stream.isWritable());
        stream.write(Talk.buffer("next"));
        stream.journal.expect("[next]");
    }

    // ---- reading

    @Test
    void eachOfSeveralListenersGetsAViewOfItsOwn(Loop loop) {
        MemoryDuplex stream = new MemoryDuplex(loop);
        stream.onData(decoder("one"));
        stream.onData(decoder("two"));
        stream.onData(decoder("three"));
        loop.run();
        stream.push("chunk");
        journal.expect("one chunk", "two chunk", "three chunk");
    }

    @Test
    void aPipeWritesWhatAListenerHasDecoded(Loop loop) {
        MemoryDuplex stream = new MemoryDuplex(loop);
        stream.onData(decoder("data"));
        stream.pipe(stream);
        loop.run();
        stream.push("echo");
        journal.expect("data echo");
        stream.journal.expect("[echo]");
    }

    @Test
    void aListenerMayDecodeWhatAPipeBeforeItHasLeftToASlowSink(Loop loop) {
        MemoryDuplex source = new MemoryDuplex(loop);
        MemoryDuplex sink = new MemoryDuplex(loop);
        sink.holds = true;
        source.pipe(sink);
        source.onData(decoder("data"));
        loop.run();
        source.push("one");
        source.push("two");
        sink.completeAll();
        journal.expect("data one", "data two");
        sink.journal.expect("[one]", "[two]");
    }

    @Test
    void aSinkThatMovesItsBufferTakesNothingFromTheSinksBesideIt(Loop loop) {
        MemoryDuplex source = new MemoryDuplex(loop);
        MemoryDuplex[] sinks = {new MemoryDuplex(loop), new MemoryDuplex(loop), new MemoryDuplex(loop)};
        for (MemoryDuplex sink : sinks) {
            sink.taking = data -> data.position(data.limit());
            source.pipe(sink);
        }
        source.onText(StandardCharsets.UTF_8, text -> journal.add("text " + text));
        loop.run();
        source.push("chunk");
        for (MemoryDuplex sink : sinks) {
            sink.journal.expect("[chunk]");
        }
        journal.expect("text chunk");
    }

    @Test
    void aChunkStaysAsItWasPushed(Loop loop) {
        MemoryDuplex stream = new MemoryDuplex(loop);
        List<ByteBuffer> kept = new ArrayList<>();
        stream.onData(kept::add);
        loop.run();
        ByteBuffer all = Talk.buffer("abcdef");
        for (int i = 0; i < 3; i++) {
            stream.push(all.limit(2 * i + 2).position(2 * i));
        }
        all.position(all.limit());
        assertEquals(List.of("ab", "cd", "ef"), kept.stream().map(Talk::text).toList());
    }

    @Test
    void bufferedChunksStayAsTheyWerePushedOrPutBack(Loop loop) {
        MemoryDuplex stream = new MemoryDuplex(loop);
        ByteBuffer pushed = Talk.buffer("pushed");
        ByteBuffer putBack = Talk.buffer("put back ");
        stream.push(pushed);
        stream.unshift(putBack);
        pushed.position(3);
        putBack.limit(0);
        assertEquals(15, stream.readableLength());
        assertEquals("put back pushed", Talk.text(stream.read()));
    }

    @Test
    void aBufferThatWasReadStaysAsItIsEvenIfADataListenerMovesItsView(Loop loop) {
        MemoryDuplex stream = new MemoryDuplex(loop);
        List<ByteBuffer> kept = new ArrayList<>();
        stream.pause().onData(kept::add).onData(decoder("data"));
        stream.push("chunk");
        ByteBuffer read = stream.read();
        assertEquals("chunk", StandardCharsets.UTF_8.decode(read).toString());
        assertEquals("chunk", Talk.text(kept.getFirst()));
        journal.expect("data chunk");
    }

    @Test
    void theRestOfAChunkStaysAsItIsEvenIfTheReaderMovesItsPart(Loop loop) {
        MemoryDuplex stream = new MemoryDuplex(loop);
        stream.push("chunk");
        ByteBuffer part = stream.read(2);
        assertEquals("ch", Talk.text(part));
        part.clear().position(part.limit());
        assertEquals("unk", Talk.text(stream.read()));
    }

    @Test
    void aViewHasTheByteOrderOfItsBuffer(Loop loop) {
        MemoryDuplex stream = new MemoryDuplex(loop);
        List<Integer> numbers = new ArrayList<>();
        stream.onData(chunk -> numbers.add(chunk.getInt()));
        stream.onData(chunk -> numbers.add(chunk.getInt()));
        stream.taking = data -> numbers.add(data.getInt());
        loop.run();
        ByteBuffer little =
                ByteBuffer.allocate(4).order(ByteOrder.LITTLE_ENDIAN).putInt(0, 9297);
        stream.push(little);
        stream.write(little);
        assertEquals(List.of(9297, 9297, 9297), numbers);
    }
}
