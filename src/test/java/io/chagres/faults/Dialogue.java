package io.chagres.faults;

import static io.chagres.faults.Visitor.DROPPED;
import static io.chagres.faults.Visitor.FINE;
import static io.chagres.faults.World.nameOf;

import io.chagres.ChagresException;
import io.chagres.SystemException;
import io.chagres.socket.ReadListener;
import io.chagres.socket.SocketHandle;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * A conversation between streams of this process: one side speaks, the other repeats what it receives, and first the
 * speaker ends, then the other side.
 *
 * <p>It reports the first failure once all streams are closed. Each side has a stream to read and one to write, which
 * may be the same.
 */
class Dialogue {

    static final int LENGTH = 100;
    private static final int ROUNDS = 3;

    private final SocketHandle mouth;
    private final SocketHandle ear;
    private final SocketHandle echoEar;
    private final SocketHandle echoMouth;
    private final Consumer<String> report;
    private String how = FINE;
    private boolean over;
    private int heard;
    private int open;

    Dialogue(
            SocketHandle mouth,
            SocketHandle echoEar,
            SocketHandle echoMouth,
            SocketHandle ear,
            Consumer<String> report) {
        this.mouth = mouth;
        this.ear = ear;
        this.echoEar = echoEar;
        this.echoMouth = echoMouth;
        this.report = report;
    }

    /** Begins; an exception is a failure too. */
    final void begin() {
        guarded(() -> {
            echoEar.readStart(new Hearing(this::repeat, () -> end(echoMouth)));
            ear.readStart(new Hearing(this::hear, () -> finish(heard == ROUNDS * LENGTH ? FINE : DROPPED)));
            speak(mouth, 0);
        });
    }

    /** Speaks in two pieces the first time, in one the second time, and out of turn the third time. */
    private void speak(SocketHandle stream, int round) {
        if (round == 0) {
            stream.write(
                    new ByteBuffer[] {ByteBuffer.allocate(LENGTH / 2), ByteBuffer.allocate(LENGTH / 2)}, this::written);
        } else if (round == 1) {
            say(stream, ByteBuffer.allocate(LENGTH));
        } else if (stream.tryWrite(ByteBuffer.allocate(LENGTH)) == 0) {
            say(stream, ByteBuffer.allocate(LENGTH));
        }
    }

    /** Writes {@code bytes} in one piece. */
    void say(SocketHandle stream, ByteBuffer bytes) {
        stream.write(bytes, this::written);
    }

    /** Repeats the bytes that the other side has received. */
    void repeat(ByteBuffer bytes) {
        echoMouth.write(bytes, this::written);
    }

    private void hear(ByteBuffer bytes) {
        int before = heard;
        heard += bytes.remaining();
        if (heard == ROUNDS * LENGTH) {
            end(mouth);
        } else if (before / LENGTH < heard / LENGTH) {
            speak(mouth, heard / LENGTH);
        }
    }

    private void end(SocketHandle stream) {
        stream.shutdown(error -> {
            written(error);
            if (stream != ear && stream != echoEar && !stream.isClosing()) {
                stream.close(); // a pipe(7) ends in no other way
            }
        });
    }

    final void written(ChagresException error) {
        if (error != null) {
            finish(nameOf(error));
        }
    }

    final void guarded(Runnable action) {
        try {
            action.run();
        } catch (ChagresException refused) {
            finish(nameOf(refused));
        }
    }

    /** Closes everything, after the last word or a failure. */
    final void finish(String outcome) {
        if (over) {
            return;
        }
        over = true;
        how = outcome;
        List<SocketHandle> all = Stream.of(mouth, echoEar, echoMouth, ear)
                .distinct()
                .filter(stream -> !stream.isClosing())
                .toList();
        open = all.size();
        all.forEach(stream -> stream.close(this::closed));
    }

    private void closed() {
        if (--open == 0) {
            report.accept(how);
        }
    }

    private final class Hearing implements ReadListener {
        private final Consumer<ByteBuffer> onBytes;
        private final Runnable onEnd;

        Hearing(Consumer<ByteBuffer> onBytes, Runnable onEnd) {
            this.onBytes = onBytes;
            this.onEnd = onEnd;
        }

        @Override
        public ByteBuffer onAllocate(int suggestedSize) {
            return ByteBuffer.allocate(LENGTH);
        }

        @Override
        public void onRead(int count, ByteBuffer buffer) {
            if (count > 0 && !over) {
                guarded(() -> onBytes.accept(buffer.slice(buffer.position(), count)));
            }
        }

        @Override
        public void onEnd() {
            guarded(onEnd);
        }

        @Override
        public void onError(SystemException error) {
            finish(nameOf(error));
        }
    }
}
