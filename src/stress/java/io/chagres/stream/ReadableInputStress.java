package io.chagres.stream;

import static org.openjdk.jcstress.annotations.Expect.ACCEPTABLE;
import static org.openjdk.jcstress.annotations.Expect.FORBIDDEN;

import io.chagres.loop.Loop;
import io.chagres.loop.RunMode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.II_Result;
import org.openjdk.jcstress.infra.results.I_Result;

/** The races of {@link Readable#inputStream()}: the loop that brings chunks against the reader, and against its close. */
public final class ReadableInputStress {

    private ReadableInputStress() {}

    /** A source of three chunks of one byte, "1", "2" and "3", of which it pushes one each time it is asked, then the end. */
    private static final class Digits extends Duplex {
        private int next = 1;

        Digits(Loop loop) {
            super(loop, DuplexOptions.defaults().writable(false));
        }

        @Override
        protected void doRead() {
            if (next > 3) {
                pushEnd();
            } else {
                push(ByteBuffer.wrap(new byte[] {(byte) next++}));
            }
        }
    }

    /**
     * A source on a loop, made by a thread that has ended. Either actor may be the thread that makes the state, and the thread that a
     * loop belongs to may not wait for it.
     */
    private static final class Scene {
        private Loop loop;
        private Duplex source;
        private InputStream input;

        Scene() {
            Thread maker = new Thread(this::make);
            maker.start();
            try {
                maker.join();
            } catch (InterruptedException stopped) {
                throw new AssertionError(stopped);
            }
        }

        private void make() {
            loop = new Loop();
            source = new Digits(loop);
            input = source.inputStream();
        }
    }

    /** The reader gets each chunk once, in order, then the end; the loop ends too. */
    @JCStressTest
    @Outcome(id = "123, 0", expect = ACCEPTABLE, desc = "All three bytes, in order, then the end.")
    @Outcome(expect = FORBIDDEN, desc = "A chunk is lost, doubled or out of order.")
    @State
    public static class BringAgainstRead {
        private final Scene scene = new Scene();

        @Actor
        public void reader(II_Result result) {
            try {
                for (int digit = scene.input.read(); digit > 0; digit = scene.input.read()) {
                    result.r1 = result.r1 * 10 + digit;
                }
            } catch (IOException unexpected) {
                result.r1 = -1;
            }
            scene.loop.execute(scene.source::destroy);
        }

        @Actor
        public void loop() {
            scene.loop.run();
        }

        @Arbiter
        public void end(II_Result result) {
            scene.loop.run();
            result.r2 = scene.loop.isAlive() ? 1 : 0;
            scene.loop.close();
        }
    }

    /** A read that races with the close of its stream by the loop ends: with the byte, or with an IOException. */
    @JCStressTest
    @Outcome(
            id = {"1", "-2"},
            expect = ACCEPTABLE,
            desc = "The byte arrived before the stream was destroyed, or did not.")
    @Outcome(expect = FORBIDDEN, desc = "Something else was read.")
    @State
    public static class ReadAgainstDestroy {
        private final Scene scene = new Scene();

        @Actor
        public void reader(I_Result result) {
            try {
                result.r1 = scene.input.read();
            } catch (IOException destroyed) {
                result.r1 = -2;
            }
        }

        @Actor
        public void loop() {
            scene.loop.run(RunMode.NOWAIT);
            scene.source.destroy();
            scene.loop.run();
        }

        @Arbiter
        public void end() {
            scene.loop.run();
            scene.loop.close();
        }
    }
}
