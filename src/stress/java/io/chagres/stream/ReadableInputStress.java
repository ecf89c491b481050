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
import org.openjdk.jcstress.infra.results.I_Result;
import org.openjdk.jcstress.infra.results.II_Result;

/** The races of {@link Readable#inputStream()}: the loop that brings chunks against the reader, and against its close. */
public final class ReadableInputStress {

    private ReadableInputStress() {
    }

    /** A source of three chunks of one byte, "1", "2" and "3", of which it pushes one each time it is asked, then the end. */
    private static final class Digits extends Duplex {
        private int next = 1;

        Digits(Loop loop) {
            super(loop, Options.DEFAULT.readOnly());
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

    /** The reader gets each chunk once, in order, then the end; the loop ends too. */
    @JCStressTest
    @Outcome(id = "123, 0", expect = ACCEPTABLE, desc = "All three bytes, in order, then the end.")
    @Outcome(expect = FORBIDDEN, desc = "A chunk is lost, doubled or out of order.")
    @State
    public static class BringAgainstRead {
        private final Loop loop = new Loop();
        private final Duplex source = new Digits(loop);
        private final InputStream input = source.inputStream();

        @Actor
        public void reader(II_Result result) {
            try {
                for (int digit = input.read(); digit > 0; digit = input.read()) {
                    result.r1 = result.r1 * 10 + digit;
                }
            } catch (IOException unexpected) {
                result.r1 = -1;
            }
            loop.execute(source::destroy);
        }

        @Actor
        public void loop() {
            loop.run();
        }

        @Arbiter
        public void end(II_Result result) {
            loop.run();
            result.r2 = loop.isAlive() ? 1 : 0;
            loop.close();
        }
    }

    /** A read that races with the close of its stream by the loop ends: with the byte, or with an IOException. */
    @JCStressTest
    @Outcome(id = {"1", "-2"}, expect = ACCEPTABLE, desc = "The byte arrived before the stream was destroyed, or did not.")
    @Outcome(expect = FORBIDDEN, desc = "Something else was read.")
    @State
    public static class ReadAgainstDestroy {
        private final Loop loop = new Loop();
        private final Duplex source = new Digits(loop);
        private final InputStream input = source.inputStream();

        @Actor
        public void reader(I_Result result) {
            try {
                result.r1 = input.read();
            } catch (IOException destroyed) {
                result.r1 = -2;
            }
        }

        @Actor
        public void loop() {
            loop.run(RunMode.NOWAIT);
            source.destroy();
            loop.run();
        }

        @Arbiter
        public void end() {
            loop.run();
            loop.close();
        }
    }
}
