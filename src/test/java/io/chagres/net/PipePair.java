package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.chagres.loop.ChagresException;
import io.chagres.loop.Loop;
import io.chagres.stream.Completion;
import io.chagres.stream.ConnectionListener;
import io.chagres.stream.StreamHandle;
import io.chagres.sys.Descriptors;
import io.chagres.sys.Memory;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Two pipes of one loop that are connected to each other, and what tests of pipes have in common. */
record PipePair(Pipe one, Pipe other) {

    /** Over a socketpair(2). */
    static PipePair of(Loop loop, boolean ipc) {
        int[] fds = Pipe.socketpair();
        return new PipePair(opened(new Pipe(loop, ipc), fds[0]), opened(new Pipe(loop, ipc), fds[1]));
    }

    /** The ends of a pipe2(2), the one to read from first. */
    static PipePair ends(Loop loop) {
        int[] fds = Pipe.pipe2();
        return new PipePair(opened(new Pipe(loop), fds[0]), opened(new Pipe(loop), fds[1]));
    }

    static Pipe opened(Pipe pipe, int fd) {
        pipe.open(fd);
        return pipe;
    }

    void close() {
        one.close();
        other.close();
    }

    static Pipe listening(Loop loop, Path path, ConnectionListener onConnection) {
        return listening(loop, path.toString(), onConnection);
    }

    static Pipe listening(Loop loop, String name, ConnectionListener onConnection) {
        Pipe listener = new Pipe(loop);
        listener.bind(name);
        listener.listen(128, onConnection);
        return listener;
    }

    /** Takes the connection that waits. */
    static Pipe accept(Pipe listener) {
        Pipe accepted = new Pipe(listener.loop());
        listener.accept(accepted);
        return accepted;
    }

    static Completion ok() {
        return error -> assertNull(error);
    }

    static Completion failing(String code, Runnable then) {
        return error -> {
            assertEquals(code, error == null ? null : error.code());
            then.run();
        };
    }

    static void assertCode(String code, Runnable call) {
        assertEquals(code, assertThrows(ChagresException.class, call::run).code());
    }

    /** Reads to the end, closes, and has it all then. */
    static ByteArrayOutputStream collect(StreamHandle stream) {
        ByteArrayOutputStream all = new ByteArrayOutputStream();
        stream.readStart(TcpPair.reader(bytes -> add(all, bytes), stream::close));
        return all;
    }

    private static void add(ByteArrayOutputStream all, ByteBuffer bytes) {
        byte[] copy = new byte[bytes.remaining()];
        bytes.get(copy);
        all.writeBytes(copy);
    }

    /** Writes a few bytes with write(2), past all handles. */
    static void writeRaw(int fd, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        assertEquals(bytes.length, Descriptors.write(fd, Memory.string(bytes), bytes.length));
    }

    /** Reads up to 64 bytes with read(2). */
    static String readRaw(int fd) {
        MemorySegment memory = Memory.allocate(64);
        int count = (int) Descriptors.read(fd, memory, 64);
        return count < 0 ? "error " + -count
            : new String(memory.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE), StandardCharsets.UTF_8);
    }
}
