package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.loop.ChagresException;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * One side of a connection that is used at random, and what must hold of it whatever happens: bytes come in order and none
 * that was not sent, each write is called back once and in order, no event follows the close.
 */
final class ModelSide {

    private final String name;
    private final Socket socket;
    private final Random random;
    private ModelSide peer;
    private long sent;
    private long received;
    private int writes;
    private int told;
    private int drainsOwed;
    private boolean failed;
    private boolean destroyed;
    /** Whether it was ended by force, now or as soon as all is written: what was under way may be lost then. */
    private boolean forced;
    private boolean ended;
    private boolean closed;
    private ChagresException error;

    ModelSide(String name, Socket socket, Random random) {
        this.name = name;
        this.socket = socket;
        this.random = random;
        socket.onData(this::take);
        socket.onEnd(this::end);
        socket.onDrain(this::drained);
        socket.onError(this::fail);
        socket.onClose(this::close);
    }

    void faces(ModelSide other) {
        peer = other;
    }

    // ---- what happens to it --------------------------------------------------------------------------------------

    private void take(ByteBuffer chunk) {
        assertFalse(ended || closed || destroyed, () -> name + ": data after the end");
        while (chunk.hasRemaining()) {
            assertEquals(byteAt(received++), chunk.get(), () -> name + ": byte " + (received - 1));
        }
        assertTrue(received <= peer.sent, () -> name + ": more than was sent");
        if (random.nextInt(20) == 0) {
            socket.pause();
        }
    }

    private void end() {
        assertFalse(ended || closed || destroyed, () -> name + ": a second end");
        ended = true;
        assertTrue(peer.forced || received == peer.sent, () -> name + ": the end came early");
    }

    private void drained() {
        assertTrue(drainsOwed > 0, () -> name + ": a drain that nobody waits for");
        assertEquals(0, socket.writableLength());
        drainsOwed = 0;
    }

    private void fail(ChagresException reason) {
        assertNull(error, () -> name + ": a second error");
        assertFalse(closed);
        error = reason;
    }

    private void close(boolean hadError) {
        assertFalse(closed, () -> name + ": a second close");
        closed = true;
        assertEquals(error != null, hadError, () -> name + ": " + error);
    }

    private void told(int write, ChagresException reason) {
        assertEquals(write, told++, () -> name + ": callbacks out of order");
        assertTrue(!failed || reason != null, () -> name + ": a write that came through after one that did not");
        failed |= reason != null;
    }

    // ---- what it does ---------------------------------------------------------------------------------------------

    /** Anything that a user may do; rarely what ends the connection by force. */
    void act() {
        switch (random.nextInt(14)) {
            case 0, 1, 2, 3, 4, 5 -> write(random.nextInt(4) == 0 ? 200_000 : 500);
            case 6, 7 -> socket.pause();
            case 8, 9 -> socket.resume();
            case 10 -> socket.cork();
            case 11 -> socket.uncork();
            case 12 -> endSometimes();
            default -> destroySometimes();
        }
    }

    private void write(int most) {
        if (!socket.isWritable()) {
            return;
        }
        byte[] bytes = new byte[random.nextInt(most)];
        for (int i = 0; i < bytes.length; i++) {
            bytes[i] = byteAt(sent + i);
        }
        sent += bytes.length;
        int mine = writes++;
        if (!socket.write(ByteBuffer.wrap(bytes), reason -> told(mine, reason))) {
            drainsOwed++;
        }
    }

    private void endSometimes() {
        if (random.nextInt(5) == 0) {
            socket.end();
        }
    }

    private void destroySometimes() {
        switch (random.nextInt(60)) {
            case 0 -> destroyBy(() -> socket.destroy());
            case 1 -> destroyBy(() -> socket.destroy(new ChagresException("EX", "model")));
            case 2 -> destroyBy(() -> socket.resetAndDestroy());
            case 3 -> destroySoon();
            default -> { }
        }
    }

    private void destroySoon() {
        forced = true;
        socket.destroySoon();
    }

    private void destroyBy(Runnable call) {
        forced = true;
        destroyed = true;
        call.run();
    }

    /** No more is going to be done: it ends, and takes all that comes. */
    void finish() {
        socket.end();
        socket.onData(chunk -> { });
        socket.resume();
    }

    /** A pause inside a listener must not keep the connection for ever. */
    void keepGoing() {
        socket.resume();
    }

    boolean isClosed() {
        return closed;
    }

    void check() {
        assertTrue(closed, () -> name + ": not closed");
        assertEquals(writes, told, () -> name + ": callbacks");
        if (!forced && !peer.forced) {
            assertNull(error, () -> name + ": " + error);
            assertTrue(ended, () -> name + ": no end");
            assertEquals(peer.sent, received, () -> name + ": bytes");
        }
    }

    private static byte byteAt(long position) {
        return (byte) (position * 31 + (position >>> 8));
    }
}
