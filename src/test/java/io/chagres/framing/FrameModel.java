package io.chagres.framing;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;

/**
 * A random protocol and its bytes. It is written without a look at the reader: the model encodes what the reader must decode.
 *
 * @param framing the first framing
 * @param steps the frames
 * @param end what follows the last frame
 * @param rest the bytes behind the last frame
 */
record FrameModel(Framing framing, List<Step> steps, End end, byte[] rest, byte[] bytes) {

    /**
     * @param next the framing to switch to behind this frame, or null
     */
    record Step(byte[] frame, Framing next) {
        @Override
        public String toString() {
            return text(frame);
        }
    }

    /** The ends of a protocol. */
    enum End {
        BORDER(""),
        TRUNCATED("ERR_FRAME_TRUNCATED"),
        TOO_LONG("ERR_FRAME_TOO_LONG"),
        MALFORMED("ERR_FRAME_MALFORMED"),
        /** The listener stops the reader, and pipes the rest. */
        STOP(""),
        /** The listener destroys the stream. */
        DESTROY("");

        private final String code;

        End(String code) {
            this.code = code;
        }

        String code() {
            return code;
        }
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    static FrameModel random(Random random) {
        int parts = 1 + random.nextInt(4);
        List<FrameKind> kinds = new ArrayList<>();
        for (int i = 0; i < parts; i++) {
            kinds.add(FrameKind.random(random));
        }
        List<Step> steps = new ArrayList<>();
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        for (int i = 0; i < parts; i++) {
            FrameKind kind = kinds.get(i);
            for (int left = 1 + random.nextInt(6); left > 0; left--) {
                byte[] frame = kind.frame(random);
                boolean last = left == 1 && i + 1 < parts;
                steps.add(new Step(frame, last ? kinds.get(i + 1).framing() : null));
                bytes.writeBytes(kind.encode(frame, random));
            }
        }
        FrameKind lastKind = kinds.getLast();
        End end = End.values()[random.nextInt(End.values().length)];
        byte[] rest = rest(lastKind, end, random);
        if (rest == null) { // the kind has no such end
            end = End.BORDER;
            rest = new byte[0];
        }
        bytes.writeBytes(rest);
        return new FrameModel(kinds.getFirst().framing(), steps, end, rest, bytes.toByteArray());
    }

    private static byte[] rest(FrameKind kind, End end, Random random) {
        return switch (end) {
            case BORDER -> new byte[0];
            case TRUNCATED -> kind.truncated(random);
            case TOO_LONG -> kind.tooLong(random);
            case MALFORMED -> kind.malformed(random);
            case STOP, DESTROY -> FrameKind.noise(random, random.nextInt(50));
        };
    }
}
