package io.chagres.socket;

import static io.chagres.SystemException.check;

import io.chagres.sys.Region;
import io.chagres.sys.Sockets;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** An option whose value is a string or a struct in the kernel. */
abstract class MemoryOption<T> extends SocketOption<T> {

    private final int level;
    private final int number;
    private final int room;

    MemoryOption(String name, int level, int number, int room) {
        super(name);
        this.level = level;
        this.number = number;
        this.room = room;
    }

    @Override
    final boolean isOfInternet() {
        return level != Sockets.SOL_SOCKET;
    }

    abstract byte[] encode(T value);

    abstract T decode(byte[] bytes);

    @Override
    public void require(T value) {}

    @Override
    final int write(int fd, T value) {
        byte[] bytes = encode(value);
        try (Region memory = Region.ofCall()) {
            return Sockets.setsockopt(fd, level, number, memory.string(bytes), bytes.length);
        }
    }

    @Override
    final T read(int fd) {
        try (Region memory = Region.ofCall()) {
            MemorySegment value = memory.allocate(room);
            MemorySegment length = memory.allocate(Integer.BYTES);
            length.set(ValueLayout.JAVA_INT, 0, room);
            check(Sockets.getsockopt(fd, level, number, value, length), "getsockopt", name());
            return decode(value.asSlice(0, length.get(ValueLayout.JAVA_INT, 0)).toArray(ValueLayout.JAVA_BYTE));
        }
    }

    /** An option whose value is passed as its bytes. */
    static final class Bytes extends MemoryOption<byte[]> {

        Bytes(String name, int level, int number, int maxBytes) {
            super(name, level, number, maxBytes);
        }

        @Override
        byte[] own(byte[] value) {
            return value.clone();
        }

        @Override
        byte[] encode(byte[] value) {
            return value;
        }

        @Override
        byte[] decode(byte[] bytes) {
            return bytes;
        }
    }

    /** An option whose value is a C string. */
    static final class Text extends MemoryOption<String> {

        private final int room;

        Text(String name, int level, int number, int room) {
            super(name, level, number, room);
            this.room = room;
        }

        @Override
        public void require(String value) {
            requireRange(encode(value).length, 1, room - 1); // the kernel would cut a longer name
        }

        @Override
        byte[] encode(String value) {
            return value.getBytes(StandardCharsets.UTF_8);
        }

        @Override
        String decode(byte[] bytes) {
            String text = new String(bytes, StandardCharsets.UTF_8);
            int end = text.indexOf('\0');
            return end < 0 ? text : text.substring(0, end);
        }
    }

    /** The option SO_LINGER: {@code struct linger { int l_onoff; int l_linger; }}. A negative time means off. */
    static final class Linger extends MemoryOption<Duration> {

        private static final int BYTES = 2 * Integer.BYTES;
        private static final Duration MAX = Duration.ofSeconds(65535);
        private static final Duration SECOND = Duration.ofSeconds(1);
        /** Not a product: the arithmetic of Duration loads BigDecimal, which costs some 50 ms at the first connection. */
        private static final Duration OFF = Duration.ofSeconds(-1);

        Linger() {
            super("SO_LINGER", Sockets.SOL_SOCKET, Sockets.SO_LINGER, BYTES);
        }

        @Override
        public void require(Duration time) {
            requireTime(time.isNegative() ? Duration.ZERO : time, MAX);
        }

        @Override
        byte[] encode(Duration time) {
            MemorySegment linger = MemorySegment.ofArray(new byte[BYTES]);
            linger.set(ValueLayout.JAVA_INT_UNALIGNED, 0, time.isNegative() ? 0 : 1);
            linger.set(
                    ValueLayout.JAVA_INT_UNALIGNED, Integer.BYTES, time.isNegative() ? 0 : (int) units(time, SECOND));
            return linger.toArray(ValueLayout.JAVA_BYTE);
        }

        @Override
        Duration decode(byte[] bytes) {
            MemorySegment linger = MemorySegment.ofArray(bytes);
            boolean on = linger.get(ValueLayout.JAVA_INT_UNALIGNED, 0) != 0;
            return on ? Duration.ofSeconds(linger.get(ValueLayout.JAVA_INT_UNALIGNED, Integer.BYTES)) : OFF;
        }
    }
}
