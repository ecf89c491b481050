package io.chagres.framing;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** One kind of framing in a {@link FrameModel}: it makes frames, encodes them, and spoils them. */
abstract class FrameKind {

    /** Includes zero, one and those around a word of the search. */
    private static final int[] LIMITS = {1, 2, 7, 8, 9, 20, 60, 126, 127, 128, 200};

    final int maxLength;

    FrameKind(Random random) {
        maxLength = LIMITS[random.nextInt(LIMITS.length)];
    }

    static FrameKind random(Random random) {
        return switch (random.nextInt(5)) {
            case 0 -> new Lines(random);
            case 1 -> new Delimited(random);
            case 2 -> new Prefixed(random);
            case 3 -> new Varint(random);
            default -> new Fixed(random);
        };
    }

    static byte[] noise(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return bytes;
    }

    static byte[] join(byte[]... parts) {
        ByteBuffer all = ByteBuffer.allocate(
                Arrays.stream(parts).mapToInt(part -> part.length).sum());
        for (byte[] part : parts) {
            all.put(part);
        }
        return all.array();
    }

    /** Often the limit itself, and often nothing. */
    int length(Random random) {
        return switch (random.nextInt(6)) {
            case 0 -> 0;
            case 1 -> maxLength;
            default -> random.nextInt(Math.min(maxLength, 40) + 1);
        };
    }

    byte[] frame(Random random) {
        return noise(random, length(random));
    }

    /** Returns the first bytes of a frame, or null if there are none. */
    byte[] truncated(Random random) {
        byte[] whole = encode(frame(random), random);
        return whole.length < 2 ? null : Arrays.copyOf(whole, 1 + random.nextInt(whole.length - 1));
    }

    /** Returns bytes that no frame of a malformed length is possible with, or null. */
    byte[] malformed(Random random) {
        return null;
    }

    abstract Framing framing();

    abstract byte[] encode(byte[] frame, Random random);

    /** Returns bytes that are too long a frame, or null. */
    abstract byte[] tooLong(Random random);

    private static final class Lines extends FrameKind {

        private static final byte[] LF = {'\n'};
        private static final byte[] CRLF = {'\r', '\n'};

        Lines(Random random) {
            super(random);
        }

        @Override
        Framing framing() {
            return Framing.lines(maxLength);
        }

        @Override
        byte[] frame(Random random) {
            byte[] line = super.frame(random);
            for (int i = 0; i < line.length; i++) {
                if (line[i] == '\n') {
                    line[i] = '\r';
                }
            }
            return line;
        }

        @Override
        byte[] encode(byte[] line, Random random) {
            boolean endsWithCr = line.length > 0 && line[line.length - 1] == '\r';
            return join(line, endsWithCr || random.nextBoolean() ? CRLF : LF);
        }

        @Override
        byte[] tooLong(Random random) {
            byte[] line = new byte[maxLength + 1 + random.nextInt(100)];
            Arrays.fill(line, (byte) 'x');
            return random.nextBoolean() ? join(line, LF) : join(line, CRLF);
        }
    }

    private static final class Delimited extends FrameKind {

        private final byte[] delimiter;

        Delimited(Random random) {
            super(random);
            delimiter = letters(random, 1 + random.nextInt(4));
        }

        /** Few letters, so that parts of the delimiter are in many frames. */
        private static byte[] letters(Random random, int length) {
            byte[] letters = new byte[length];
            for (int i = 0; i < length; i++) {
                letters[i] = (byte) ('a' + random.nextInt(2));
            }
            return letters;
        }

        @Override
        Framing framing() {
            return Framing.delimiter(delimiter, maxLength);
        }

        /** Letters, cut before the first delimiter. */
        @Override
        byte[] frame(Random random) {
            byte[] letters = letters(random, length(random));
            int end = FrameModel.text(join(letters, delimiter)).indexOf(FrameModel.text(delimiter));
            return Arrays.copyOf(letters, end);
        }

        @Override
        byte[] encode(byte[] frame, Random random) {
            return join(frame, delimiter);
        }

        @Override
        byte[] tooLong(Random random) {
            byte[] frame = new byte[maxLength + delimiter.length + random.nextInt(50)];
            Arrays.fill(frame, (byte) 'x');
            return frame;
        }
    }

    private static final class Prefixed extends FrameKind {

        private final int size;

        Prefixed(Random random) {
            super(random);
            size = 1 << random.nextInt(4);
        }

        @Override
        Framing framing() {
            return Framing.length(size, maxLength);
        }

        private byte[] prefix(long length) {
            byte[] all = ByteBuffer.allocate(8).putLong(length).array();
            return Arrays.copyOfRange(all, 8 - size, 8);
        }

        @Override
        byte[] encode(byte[] frame, Random random) {
            return join(prefix(frame.length), frame);
        }

        @Override
        byte[] tooLong(Random random) {
            byte[] prefix = random.nextBoolean() ? prefix(maxLength + 1) : prefix(-1 - random.nextInt(5));
            return join(prefix, noise(random, random.nextInt(20)));
        }
    }

    private static final class Varint extends FrameKind {

        Varint(Random random) {
            super(random);
        }

        @Override
        Framing framing() {
            return Framing.varint(maxLength);
        }

        private static byte[] prefix(long length) {
            return length < 0x80
                    ? new byte[] {(byte) length}
                    : join(new byte[] {(byte) (length & 0x7f | 0x80)}, prefix(length >> 7));
        }

        @Override
        byte[] encode(byte[] frame, Random random) {
            return join(prefix(frame.length), frame);
        }

        @Override
        byte[] tooLong(Random random) {
            long length = random.nextBoolean() ? maxLength + 1 : maxLength + 1 + (random.nextInt() & 0x7fff_ffffL);
            return join(prefix(length), noise(random, random.nextInt(20)));
        }

        @Override
        byte[] malformed(Random random) {
            byte[] prefix = random.nextBoolean() ? prefix(1L << 32 + random.nextInt(20)) : new byte[] {(byte) 0x80, 0};
            return join(prefix, noise(random, random.nextInt(20)));
        }
    }

    private static final class Fixed extends FrameKind {

        Fixed(Random random) {
            super(random);
        }

        @Override
        int length(Random random) {
            return maxLength;
        }

        @Override
        Framing framing() {
            return Framing.fixed(maxLength);
        }

        @Override
        byte[] encode(byte[] frame, Random random) {
            return frame;
        }

        @Override
        byte[] tooLong(Random random) {
            return null;
        }
    }
}
