package io.chagres.framing;

import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import io.chagres.stream.Duplex;
import io.chagres.stream.DuplexOptions;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandler;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.LengthFieldBasedFrameDecoder;
import io.netty.handler.codec.LineBasedFrameDecoder;
import io.netty.util.ResourceLeakDetector;
import java.nio.ByteBuffer;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The cost of a frame, beside Netty: the same bytes on the heap, in the same chunks, through a stream in memory and through an {@link
 * EmbeddedChannel}. A frame has 8 to 119 bytes. With Netty each frame is released, as its users must do. Netty's detector of leaks is off.
 */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 5, time = 1)
@Measurement(iterations = 5, time = 1)
public class FramingBenchmark {

    private static final int FRAMES = 10_000;
    private static final int MIN_FRAME = 8;
    private static final int MAX_FRAME = 120;
    private static final int MAX_LENGTH = 1024;
    private static final int PREFIX = 4;

    /** The kinds of framing. */
    public enum Kind {
        LINES,
        LENGTH4
    }

    @Param
    public Kind kind;

    @Param({"64", "1024", "16384", "65536"})
    public int chunk;

    private byte[] bytes;
    private Loop loop;
    private InMemory duplex;
    private Runnable pushes;
    private EmbeddedChannel channel;
    private ByteBuf all;
    private long received;

    private static final class InMemory extends Duplex {

        InMemory(Loop loop) {
            super(loop, DuplexOptions.defaults());
        }

        @Override
        protected void doRead() {}

        @Override
        protected void doWrite(ByteBuffer data, Completion done) {
            done.onComplete(null);
        }

        void take(ByteBuffer chunk) {
            pushOwned(chunk);
        }
    }

    private final class Receiver extends ChannelInboundHandlerAdapter {
        @Override
        public void channelRead(ChannelHandlerContext context, Object message) {
            ByteBuf frame = (ByteBuf) message;
            received += frame.readableBytes();
            frame.release();
        }
    }

    @Setup
    public void open() {
        bytes = encoded();
        loop = new Loop();
        duplex = new InMemory(loop);
        FrameReader.on(duplex, framing()).onFrame(frame -> received += frame.remaining());
        pushes = this::push;
        loop.run(RunMode.NOWAIT);
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        channel = new EmbeddedChannel(decoder(), new Receiver());
        all = Unpooled.wrappedBuffer(bytes);
    }

    private byte[] encoded() {
        Random random = new Random(1);
        ByteBuffer encoded = ByteBuffer.allocate(FRAMES * (MAX_FRAME + PREFIX));
        for (int i = 0; i < FRAMES; i++) {
            int length = random.nextInt(MIN_FRAME, MAX_FRAME);
            if (kind == Kind.LENGTH4) {
                encoded.putInt(length);
            }
            for (int j = 0; j < length; j++) {
                encoded.put((byte) random.nextInt('a', 'z' + 1));
            }
            if (kind == Kind.LINES) {
                encoded.put((byte) '\n');
            }
        }
        byte[] result = new byte[encoded.position()];
        encoded.flip().get(result);
        return result;
    }

    private Framing framing() {
        return kind == Kind.LINES ? Framing.lines(MAX_LENGTH) : Framing.length(PREFIX, MAX_LENGTH);
    }

    private ChannelHandler decoder() {
        return kind == Kind.LINES
                ? new LineBasedFrameDecoder(MAX_LENGTH)
                : new LengthFieldBasedFrameDecoder(MAX_LENGTH, 0, PREFIX, 0, PREFIX);
    }

    private void push() {
        for (int from = 0; from < bytes.length; from += chunk) {
            duplex.take(ByteBuffer.wrap(bytes, from, Math.min(chunk, bytes.length - from)));
        }
    }

    @TearDown
    public void close() {
        loop.close();
        channel.finishAndReleaseAll();
    }

    /** Pushes the chunks to a reader, until the listener of the last frame has returned. */
    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public long chagres() {
        loop.nextTick(pushes);
        loop.run(RunMode.NOWAIT);
        return received;
    }

    /** Passes the chunks to Netty's decoder, until the handler of the last frame has returned. */
    @Benchmark
    @OperationsPerInvocation(FRAMES)
    public long netty() {
        for (int from = 0; from < bytes.length; from += chunk) {
            channel.pipeline().fireChannelRead(all.retainedSlice(from, Math.min(chunk, bytes.length - from)));
            channel.pipeline().fireChannelReadComplete();
        }
        return received;
    }
}
