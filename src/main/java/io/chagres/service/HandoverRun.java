package io.chagres.service;

import io.chagres.SystemException;
import io.chagres.handle.Timer;
import org.jspecify.annotations.Nullable;

/**
 * One handover in the old process, from the greeting to the end of its connections.
 *
 * <pre>
 *   OFFERED  --READY: stop accepting, move--&gt;  MOVING  --all idle ones have moved--&gt;  COMMITTED  --no connection is left--&gt;  OVER
 *      \\---------------------- the new process has gone: accept again ----/                  \\--- or the grace is over ---/
 * </pre>
 */
final class HandoverRun implements Channel.Receiver {

    /** The interval at which it looks for connections that have become idle. */
    private static final long LOOK_MILLIS = 20;

    private static final long NANOS_PER_MILLI = 1_000_000;

    private enum Step {
        OFFERED,
        MOVING,
        COMMITTED,
        OVER
    }

    private final HandoverOffer offer;
    private final Channel channel;
    private final Moves moves;
    private Step step = Step.OFFERED;
    private @Nullable Timer timer;
    private long committedAt;

    HandoverRun(HandoverOffer offer, Channel channel) {
        this.offer = offer;
        this.channel = channel;
        moves = new Moves(channel, offer.offered(), this::settled);
    }

    void begin(long readyMillis) {
        Timer limit = Timer.after(
                offer.loop(),
                readyMillis,
                () -> fail("TIMEOUT", "the new process was not ready in " + readyMillis + " ms"));
        limit.unref();
        timer = limit;
        try {
            for (Offered one : offer.offered()) {
                for (int fd : one.listening()) {
                    channel.send(Frame.listener(Channel.inode(fd), one.name()), fd);
                }
            }
            channel.send(Frame.of(Frame.Type.OFFERED));
        } catch (SystemException refused) {
            fail("LOST", "a listening socket can't be sent: " + refused.getMessage());
        }
    }

    @Override
    public void onFrame(Frame frame) {
        switch (frame.type()) {
            case READY -> ready();
            case TAKEN -> answered(frame.payload().getInt(), true);
            case DECLINED -> answered(frame.payload().getInt(), false);
            default -> throw new IllegalArgumentException("a frame of type " + frame.type());
        }
    }

    // ---- moving

    private void ready() {
        if (step != Step.OFFERED) {
            throw new IllegalArgumentException("READY again");
        }
        stopTimer();
        step = Step.MOVING;
        offer.offered().forEach(Offered::pause);
        move();
    }

    private void answered(int id, boolean taken) {
        moves.answered(id, taken);
        if (moves.isAnswered()) {
            move();
        }
    }

    private void move() {
        if (!channel.isClosed()) {
            moves.send();
        }
    }

    /** Called when no connection is idle, and the new process has those that were sent. */
    private void settled() {
        if (step == Step.MOVING) {
            commit();
        }
    }

    private void commit() {
        step = Step.COMMITTED;
        committedAt = System.nanoTime();
        channel.send(Frame.of(Frame.Type.COMMITTED));
        timer = Timer.every(offer.loop(), LOOK_MILLIS, this::look);
        offer.taken();
        look();
    }

    private void look() {
        if (step != Step.COMMITTED) {
            return;
        }
        long spent = (System.nanoTime() - committedAt) / NANOS_PER_MILLI;
        moves.closeSettled(Math.max(0, offer.graceMillis() - spent));
        if (moves.isDone()) {
            over();
        } else if (spent >= offer.graceMillis()) {
            moves.destroyAll();
        } else if (moves.isAnswered()) {
            move();
        }
    }

    private void over() {
        stopTimer();
        step = Step.OVER;
        channel.close();
        moves.closeServers();
        offer.done();
    }

    private void stopTimer() {
        if (timer != null) {
            timer.close();
            timer = null;
        }
    }

    // ---- failing

    @Override
    public void onGone(String reason) {
        if (step == Step.COMMITTED || step == Step.OVER) {
            moves.takeBack();
        } else {
            fail("LOST", "the new process has gone: " + reason);
        }
    }

    /** Ends the handover if it is not committed. */
    void abandon(String reason) {
        if (step != Step.COMMITTED && step != Step.OVER) {
            fail("LOST", reason);
        }
    }

    private void fail(String code, String message) {
        if (step == Step.OVER) {
            return;
        }
        step = Step.OVER;
        stopTimer();
        channel.close();
        moves.takeBack();
        offer.offered().forEach(Offered::resume);
        offer.failed(this, code, message);
    }
}
