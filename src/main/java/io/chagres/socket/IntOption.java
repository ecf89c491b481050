package io.chagres.socket;

import static io.chagres.SystemException.check;

import io.chagres.sys.Sockets;
import java.time.Duration;
import java.time.temporal.ChronoUnit;

/** An option whose value is an int in the kernel. */
abstract class IntOption<T> extends SocketOption<T> {

    private final int level;
    private final int number;

    IntOption(String name, int level, int number) {
        super(name);
        this.level = level;
        this.number = number;
    }

    @Override
    final boolean isOfInternet() {
        return level != Sockets.SOL_SOCKET;
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

    /** An option that is on or off. */
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

    /** An option whose value is a number in a range. */
    static final class Number extends IntOption<Integer> {

        private final int min;
        private final int max;

        Number(String name, int level, int number, int min, int max) {
            super(name, level, number);
            this.min = min;
            this.max = max;
        }

        @Override
        public void require(Integer value) {
            requireRange(value, min, max);
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

    /** An option whose value is a time. The kernel counts it in {@code unit}. */
    static final class Time extends IntOption<Duration> {

        private final ChronoUnit unit;

        Time(String name, int level, int number, ChronoUnit unit) {
            super(name, level, number);
            this.unit = unit;
        }

        @Override
        public void require(Duration value) {
            requireTime(value, Duration.of(Integer.MAX_VALUE, unit));
        }

        @Override
        int encode(Duration value) {
            return (int) units(value, unit.getDuration());
        }

        @Override
        Duration decode(int value) {
            return Duration.of(Integer.toUnsignedLong(value), unit);
        }
    }
}
