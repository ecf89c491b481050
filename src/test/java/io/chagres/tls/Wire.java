package io.chagres.tls;

import io.chagres.ChagresException;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.stream.Duplex;
import io.chagres.stream.DuplexOptions;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** One end of a connection in memory, which can cut, change and record what passes. */
final class Wire extends Duplex {

    private final List<byte[]> recorded = new ArrayList<>();
    private Wire other;
    /** Makes pieces of what is written here. */
    private UnaryOperator<List<byte[]>> cutter = pieces -> pieces;

    private Wire(Loop loop) {
        super(loop, DuplexOptions.defaults());
    }

    static Wire[] pair(Loop loop) {
        Wire[] ends = {new Wire(loop), new Wire(loop)};
        ends[0].other = ends[1];
        ends[1].other = ends[0];
        return ends;
    }

    /** Delivers what is written here in pieces of {@code size} bytes. */
    Wire inPiecesOf(int size) {
        return cut(writes -> {
            List<byte[]> pieces = new ArrayList<>();
            for (byte[] write : writes) {
                for (int at = 0; at < write.length; at += size) {
                    pieces.add(Arrays.copyOfRange(write, at, Math.min(write.length, at + size)));
                }
            }
            return pieces;
        });
    }

    Wire cut(UnaryOperator<List<byte[]>> cutter) {
        this.cutter = cutter;
        return this;
    }

    /** Returns what was written here, one array for each write. */
    List<byte[]> recorded() {
        return recorded;
    }

    /** Delivers bytes as if they had been written here. */
    void inject(byte[] bytes) {
        if (!other.isDestroyed()) {
            other.push(ByteBuffer.wrap(bytes));
        }
    }

    void injectEnd() {
        other.pushEnd();
        other.pull();
    }

    @Override
    protected void doRead() {}

    @Override
    protected void doWrite(ByteBuffer data, Completion done) {
        byte[] bytes = new byte[data.remaining()];
        data.get(bytes);
        if (bytes.length > 0) {
            recorded.add(bytes);
            for (byte[] piece : cutter.apply(List.of(bytes))) {
                inject(piece);
            }
        }
        done.onComplete(null);
    }

    @Override
    protected void doFinal(Completion done) {
        if (!other.isDestroyed()) {
            injectEnd();
        }
        done.onComplete(null);
    }

    @Override
    protected void doDestroy(ChagresException error, Completion done) {
        if (!other.isDestroyed()) {
            tick(() -> {
                if (!other.isDestroyed()) {
                    injectEnd();
                }
            });
        }
        done.onComplete(error);
    }
}
