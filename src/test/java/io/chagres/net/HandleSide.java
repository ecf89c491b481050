package io.chagres.net;

import io.chagres.ChagresException;
import io.chagres.SystemException;
import io.chagres.fixture.PipePair;
import io.chagres.socket.Pipe;
import io.chagres.socket.ReadListener;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.Tcp;
import io.chagres.sys.Descriptors;
import java.nio.ByteBuffer;
import java.util.Random;

/** A side that is a handle. */
final class HandleSide extends ModelSide implements ReadListener {

    private static final int[] ROOMS = {64 * 1024, 64 * 1024, 4000, 100, 7};

    private final SocketHandle stream;
    private final boolean direct;
    private boolean reading;
    private boolean readFailed;
    private boolean shutDown;
    private boolean shutdownCompleted;
    private Pipe passenger;
    /** How many descriptors went along with writes, and how many have come. */
    private int passed;

    private int taken;

    HandleSide(ModelRun run, String name, SocketHandle stream, Random random) {
        super(run, name, random);
        this.stream = stream;
        direct = random.nextBoolean();
    }

    // ---- what it does

    @Override
    void perform(ModelStep step) {
        switch (step.kind()) {
            case WRITE -> write(bytes(step, 1), step.chance() < 30 && step.size() > 0);
            case WRITE_PIECES -> write(bytes(step, step.pieces()), step.chance() < 30 && step.size() > 0);
            case TRY_WRITE -> tryWrite(bytes(step, 1)[0]);
            case PAUSE -> pause();
            case RESUME -> resume();
            case HALF_CLOSE -> shutdown();
            case CLOSE -> closeByForce();
            case RESET -> reset();
            case NOTHING -> {}
        }
    }

    private void write(ByteBuffer[] data, boolean withDescriptor) {
        if (!stream.isWritable()) {
            return;
        }
        long before = sent;
        for (ByteBuffer buffer : data) {
            sent += buffer.remaining();
        }
        boolean empty = sent == before;
        int mine = writes++;
        calling = true;
        if (withDescriptor && isIpc()) {
            passed++;
            ((Pipe) stream).write(data, passenger(), error -> wrote(mine, empty, error));
        } else {
            stream.write(data, error -> wrote(mine, empty, error));
        }
        calling = false;
        checkQueue();
    }

    /** What goes along with writes: an end of a pipe(7), which lives as long as this side. */
    private Pipe passenger() {
        if (passenger == null) {
            int[] ends = Pipe.pipe2();
            Descriptors.close(ends[1]);
            passenger = PipePair.opened(new Pipe(stream.loop()), ends[0]);
        }
        return passenger;
    }

    private boolean isIpc() {
        return stream instanceof Pipe ipc && ipc.isIpc();
    }

    private void tryWrite(ByteBuffer data) {
        if (!stream.isWritable()) {
            return;
        }
        boolean queued = stream.writeQueueSize() > 0;
        try {
            int taken = stream.tryWrite(data);
            require(!queued || taken == 0, "a write out of turn");
            sent += taken;
        } catch (SystemException error) {
            failed(writes, error);
        }
        checkQueue();
    }

    private void pause() {
        reading = false;
        stream.readStop();
    }

    private void resume() {
        if (stream.isReadable() && !reading) {
            reading = true;
            stream.readStart(this);
        }
    }

    private void shutdown() {
        if (stream.isWritable()) {
            shutDown = true;
            stream.shutdown(this::shutdownCompleted);
        }
    }

    private void closeByForce() {
        if (!stream.isClosing()) {
            forced = true;
            close();
        }
    }

    private void close() {
        leave();
        stream.close(this::gone);
    }

    private void leave() {
        reading = false;
        taken += isIpc() ? ((Pipe) stream).pendingCount() : 0;
        delivered = sent - stream.writeQueueSize();
    }

    private void reset() {
        if (stream instanceof Tcp tcp && !stream.isClosing() && !stream.isShuttingDown()) {
            forced = true;
            leave();
            tcp.closeReset(this::gone);
        } else {
            closeByForce();
        }
    }

    private void gone() {
        if (passenger != null) {
            passenger.close();
        }
        closed();
    }

    @Override
    void finish() {
        finishing = true;
        settle();
    }

    private void settle() {
        if (!finishing || stream.isClosing()) {
            return;
        }
        shutdown();
        if (!ended) {
            resume();
        }
        boolean through = shutdownCompleted && ended;
        if (through || readFailed) {
            forced |= !through;
            close();
        }
    }

    // ---- what happens to it

    @Override
    public ByteBuffer onAllocate(int suggestedSize) {
        require(reading, "a buffer is asked for, without a reader");
        int room = ROOMS[random.nextInt(ROOMS.length)];
        return direct ? ByteBuffer.allocateDirect(Math.min(room, 4000)) : ByteBuffer.allocate(room);
    }

    @Override
    public void onRead(int count, ByteBuffer buffer) {
        require(reading && !ended, "data, without a reader, or after the end");
        arrived(buffer.slice(buffer.position(), count));
        if (isIpc()) {
            takeDescriptors((Pipe) stream);
        }
        react(", at data");
    }

    /** Often all that have come, else those that will be closed with the stream. */
    private void takeDescriptors(Pipe ipc) {
        require(taken + ipc.pendingCount() <= ((HandleSide) peer).passed, "more descriptors than were sent");
        while (ipc.pendingCount() > 0 && random.nextInt(8) > 0) {
            Descriptors.close(ipc.acceptDescriptor());
            taken++;
        }
    }

    /** The end stands behind all bytes of the peer; of one that was closed, behind those that the kernel had by then. */
    @Override
    public void onEnd() {
        require(reading, "an end, without a reader");
        reading = false;
        ended = true;
        HandleSide from = (HandleSide) peer;
        require(from.shutDown || from.stream.isClosing(), "an end that the peer has not sent");
        require(received == handedOver(from) || mayLose(), "the end came early");
        react(", at the end");
        settle();
    }

    private static long handedOver(HandleSide from) {
        return from.delivered < 0 ? from.sent : from.delivered;
    }

    /** A reset takes what was under way; it reads as an end where a write has met it first. */
    private boolean mayLose() {
        return peer.forced && (hasFailed() || completed < writes) && stream instanceof Tcp;
    }

    @Override
    public void onError(SystemException error) {
        require(reading, "an error, without a reader");
        reading = false;
        readFailed = true;
        require(peer.forced, "an error for no reason: " + error);
        require(stream instanceof Tcp || received == peer.delivered, "the error came early");
        react(", at the error");
        settle();
    }

    private void wrote(int write, boolean empty, ChagresException error) {
        completed(write, empty, error);
        checkQueue();
        react(", at a write");
    }

    private void shutdownCompleted(ChagresException error) {
        require(shutDown && !shutdownCompleted, "a second shutdown");
        require(completed == writes, "the shutdown is completed before a write");
        require(error == null || mayFail(), "a shutdown has failed for no reason: " + error);
        shutdownCompleted = true;
        react(", at the shutdown");
        settle();
    }

    private void checkQueue() {
        long queued = stream.writeQueueSize();
        require(queued >= 0 && (completed < writes || queued == 0), "a queue of " + queued);
        require(peer.received <= sent - queued, "the peer has what is queued still: " + queued);
    }

    @Override
    long handedOver() {
        return delivered >= 0 ? delivered : sent - stream.writeQueueSize();
    }

    @Override
    void check() {
        super.check();
        require(shutdownCompleted == shutDown, "a shutdown was not completed");
        require(mayFail() || taken == ((HandleSide) peer).passed, "descriptors are missing");
        require(stream.isClosed() && stream.fd() < 0, "the handle is there still");
    }
}
