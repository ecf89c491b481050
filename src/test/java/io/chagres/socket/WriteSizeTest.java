package io.chagres.socket;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.ChagresException;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import java.lang.foreign.Arena;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileChannel.MapMode;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** One system call writes at most 2 GiB less a page. The kernel would cut a longer write, so it is refused. */
@ConnectionTest
class WriteSizeTest {

    private static final long MAX_BYTES = 0x7ffff000L;

    @Test
    @Covers("libuv:io_64_safe")
    void aWriteOfMoreBytesThanTheKernelTakesIsRefusedAtOnce(Loop loop, @TempDir Path directory) throws Exception {
        Pipe unopened = new Pipe(loop);
        TcpPair pair = TcpPair.connected(loop);
        try (Arena arena = Arena.ofConfined()) {
            ByteBuffer tooMuch = sparse(arena, directory, MAX_BYTES + 1);
            ByteBuffer half = tooMuch.duplicate().limit((int) (MAX_BYTES / 2));
            ByteBuffer[] summed = {half, half.duplicate(), ByteBuffer.allocate(1)};
            assertRefused(() -> pair.client().write(tooMuch, error -> {}));
            assertRefused(() -> pair.client().write(summed, error -> {}));
            assertRefused(() -> pair.client().tryWrite(tooMuch));
            assertRefused(() -> unopened.write(tooMuch, error -> {}));
            assertRefused(() -> unopened.tryWrite(tooMuch));
            assertEquals(0, pair.client().writeQueueSize());
        }
        assertEquals(4, pair.client().tryWrite(ByteBuffer.allocate(4)));
        pair.close();
        unopened.close();
        loop.run();
    }

    private static void assertRefused(Runnable write) {
        ChagresException refused = assertThrows(ChagresException.class, write::run);
        assertEquals("EINVAL", refused.code());
        assertTrue(refused.getMessage().contains("at most " + MAX_BYTES), refused::getMessage);
    }

    /** Returns a buffer over a sparse file: it needs no memory until its bytes are touched. */
    private static ByteBuffer sparse(Arena arena, Path directory, long size) throws Exception {
        try (FileChannel file = FileChannel.open(
                directory.resolve("sparse"),
                StandardOpenOption.CREATE,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE,
                StandardOpenOption.SPARSE)) {
            return file.map(MapMode.READ_WRITE, 0, size, arena).asByteBuffer();
        }
    }
}
