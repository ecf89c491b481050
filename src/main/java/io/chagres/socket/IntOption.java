package io.chagres.socket;

import static io.chagres.SystemException.check;

import io.chagres.sys.Sockets;
import java.time.Duration;

/** An option whose value is one int for the kernel. */
abstract class IntOption<T> extends SocketOption<T> {

    private final int level;
    private final int number;

    IntOption(String name, int level, int number) {
        super(name);
        this.level = level;
        this.number = number;
    }

    abstract int encode(T value);

    abstract T decode(int value);

    @Override
    public void require(T value) {}

    @Override
    final int write(int fd, T value) {
        return Sockets.setsockopt(fd, level, number, encode(value));
    }

    @Override
    final T read(int fd) {
        return decode(read(fd, level, number, name()));
    }

    static int read(int fd, int level, int number, String name) {
        long result = Sockets.getsockopt(fd, level, number);
        check((int) Math.min(result, 0), "getsockopt", name);
        return (int) result;
    }

    /** On or off. */
    static final class Flag extends IntOption<Boolean> {

        Flag(String name, int level, int number) {
            super(name, level, number);
        }

        @Override
        int encode(Boolean on) {
            return on ? 1 : 0;
        }

        @Override
        Boolean decode(int value) {
            return value != 0;
        }
    }

    /** A number in a range. */
    static final class Number extends IntOption<Integer> {

        private final int least;
        private final int most;

        Number(String name, int level, int number, int least, int most) {
            super(name, level, number);
            this.least = least;
            this.most = most;
        }

        @Override
        public void require(Integer value) {
            requireRange(value, least, most);
        }

        @Override
        int encode(Integer value) {
            return value;
        }

        @Override
        Integer decode(int value) {
            return value;
        }
    }

    /** A time in milliseconds. */
    static final class Millis extends IntOption<Duration> {

        private static final Duration MOST = Duration.ofMillis(Integer.MAX_VALUE);

        Millis(String name, int level, int number) {
            super(name, level, number);
        }

        @Override
        public void require(Duration value) {
            requireRange(
                    value.compareTo(MOST) > 0 ? Long.MAX_VALUE : value.isNegative() ? -1 : 0, 0, Integer.MAX_VALUE);
        }

        /** Rounded up, so that the shortest time does not become none. */
        @Override
        int encode(Duration value) {
            return (int) value.plusNanos(999_999).toMillis();
        }

        @Override
        Duration decode(int value) {
            return Duration.ofMillis(Integer.toUnsignedLong(value));
        }
    }
}
