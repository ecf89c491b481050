package io.chagres.socket;

import io.chagres.SystemException;
import io.chagres.UsageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Socket options that are set before there is a socket: kept in the order of their setting, and applied when the socket is made. If an
 * option is set twice, only the second value is kept, and its place is that of the second setting. Values are copied.
 */
public final class DeferredOptions {

    /** Takes each option and its value. A method reference will do, such as {@code tcp::set}. */
    public interface Target {

        /** Sets {@code option} to {@code value}. */
        <T> void set(SocketOption<T> option, T value);
    }

    private record Setting<T>(SocketOption<T> option, T value) {
        @Override
        public String toString() {
            return option + "=" + value;
        }

        void applyTo(Target target) {
            target.set(option, value);
        }

        void applyTo(int fd) {
            option.set(fd, value);
        }
    }

    private final List<Setting<?>> settings = new ArrayList<>();

    /** No option. */
    public DeferredOptions() {}

    /**
     * Keeps {@code value} for {@code option}.
     *
     * @throws UsageException EINVAL if the option can't have that value
     */
    public <T> void add(SocketOption<T> option, T value) {
        UsageException.requireArgument(option, "option").require(UsageException.requireArgument(value, "value"));
        settings.removeIf(earlier -> earlier.option == option);
        settings.add(new Setting<>(option, option.own(value)));
    }

    /** Returns the value that is kept for {@code option}, or null. */
    @SuppressWarnings("unchecked") // a setting has the value of its option
    public <T> T valueOf(SocketOption<T> option) {
        return settings.stream()
                .filter(setting -> setting.option == option)
                .map(setting -> option.own((T) setting.value))
                .findFirst()
                .orElse(null);
    }

    /** Hands all options to {@code target}, in order. */
    public void applyTo(Target target) {
        settings.forEach(setting -> setting.applyTo(target));
    }

    /**
     * Sets all options on the descriptor {@code fd}, in order.
     *
     * @throws SystemException the first error of setsockopt(2); the options behind it are set all the same
     */
    public void applyTo(int fd) {
        SystemException first = null;
        for (Setting<?> setting : settings) {
            try {
                setting.applyTo(fd);
            } catch (SystemException refused) {
                first = first == null ? refused : first;
            }
        }
        if (first != null) {
            throw first;
        }
    }

    /** As in "[TCP_NODELAY=true, SO_RCVBUF=65536]"; any thread: the list is copied first. */
    @Override
    public String toString() {
        return Arrays.toString(settings.toArray());
    }
}
