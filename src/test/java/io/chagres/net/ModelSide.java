package io.chagres.net;

import io.chagres.ChagresException;
import java.nio.ByteBuffer;
import java.util.Random;

/**
 * One side of a connection that is used at random, and what must hold of it whatever happens: the bytes that the peer has
 * written come, each once and in order; the end comes behind the last of them; each write is called back once, in order, and
 * not inside the call; the close is the last, and comes once.
 */
abstract class ModelSide {

    /** In one of so many callbacks something is done. */
    private static final int SELDOM = 6;

    private static final int MAX_REACTIONS = 30;

    final String name;
    final ModelRun run;
    final Random random;
    private final ModelNoise noise;
    ModelSide peer;
    /** What the stream has accepted. */
    long sent;

    long received;
    /** Set before a close: what the kernel has of {@link #sent}, or -1. */
    long delivered = -1;

    int writes;
    int completed;
    /** From which of the writes on they fail. */
    private int failsFrom = Integer.MAX_VALUE;

    boolean ended;
    /** Whether it was closed before all was through: what was under way may be lost then. */
    boolean forced;

    boolean finishing;
    boolean closed;
    /** Whether a call of the stream is under way. */
    boolean calling;

    private int reactions;

    ModelSide(ModelRun run, String name, Random random) {
        this.run = run;
        this.name = name;
        this.random = random;
        noise = new ModelNoise(random);
    }

    final void faces(ModelSide other) {
        peer = other;
    }

    final boolean isClosed() {
        return closed;
    }

    final void require(boolean holds, String what) {
        if (!holds) {
            throw run.fail(name + ": " + what);
        }
    }

    // ---- what it does

    /** Does what {@code step} says, if it can be done now. */
    final void act(ModelStep step, String where) {
        run.note(name + where + ": " + step);
        if (!step.writes() || sent + step.size() < ModelNoise.most()) {
            perform(step);
        }
    }

    abstract void perform(ModelStep step);

    /** No more is going to be done: it ends, takes all that comes, and closes. */
    abstract void finish();

    /** What users do in callbacks. */
    final void react(String where) {
        ModelStep step = ModelStep.next(random, run.mayForce);
        boolean acts = random.nextInt(SELDOM) == 0;
        if (acts && !finishing && !closed && reactions++ < MAX_REACTIONS) {
            act(step, where);
        }
    }

    /** The next bytes to write. */
    final ByteBuffer[] bytes(ModelStep step, int pieces) {
        ByteBuffer[] buffers = new ByteBuffer[pieces];
        int start = 0;
        for (int i = 0; i < pieces; i++) {
            int end = (int) ((long) step.size() * (i + 1) / pieces);
            buffers[i] = noise.bytes(sent + start, end - start, step.direct() ^ i % 3 == 1);
            start = end;
        }
        return buffers;
    }

    // ---- what happens to it

    final void arrived(ByteBuffer chunk) {
        require(!closed && !calling, "data after the close, or inside a call");
        require(peer.noise.matches(received, chunk), "other bytes than were sent, from " + received);
        received += chunk.remaining();
        require(received <= peer.handedOver(), "more than was sent");
    }

    /** The most that the kernel may have. */
    abstract long handedOver();

    /** A write of nothing can't fail, unless it is cancelled. */
    final void completed(int write, boolean empty, ChagresException reason) {
        require(!calling, "a write is completed inside a call");
        require(!closed, "a write is completed after the close");
        require(write == completed++, "write " + write + " is completed, and it was the turn of " + (completed - 1));
        require(write < failsFrom || empty || reason != null, "a write that came through after one that did not");
        if (reason != null) {
            failed(write, reason);
        }
    }

    /** Write number {@code write} has failed, and so will those that come after it. */
    final void failed(int write, ChagresException reason) {
        require(mayFail(), "a write has failed for no reason: " + reason);
        failsFrom = Math.min(failsFrom, write);
    }

    final boolean hasFailed() {
        return failsFrom < Integer.MAX_VALUE;
    }

    /** Whether something has happened that may keep its bytes from arriving. */
    final boolean mayFail() {
        return forced || peer.forced;
    }

    final void closed() {
        require(!closed, "a second close");
        require(completed == writes, "closed, and " + (writes - completed) + " writes were not completed");
        closed = true;
        run.closed();
    }

    void check() {
        require(closed, "not closed");
        if (!mayFail()) {
            require(ended, "no end");
            require(received == peer.sent, "bytes are missing");
        }
    }

    @Override
    public String toString() {
        return name + ": sent " + sent + ", received " + received + ", writes " + writes + ", completed " + completed
                + (hasFailed() ? ", a write failed" : "") + (forced ? ", forced" : "") + (ended ? ", ended" : "")
                + (finishing ? ", finishing" : "") + (closed ? ", closed" : "");
    }
}
