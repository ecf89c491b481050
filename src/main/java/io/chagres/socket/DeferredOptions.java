package io.chagres.socket;

import io.chagres.SystemException;
import io.chagres.UsageException;
import java.util.ArrayList;
import java.util.List;

/**
 * Options of a kernel socket that are set before the socket exists: kept in the order of the calls, and applied when the socket is made.
 * If an option is set twice, only the second value is kept, at its place. Immutable: {@link #with} returns a changed copy. The values are
 * copies too.
 */
public final class DeferredOptions {

    /** Receives each option and its value: {@code tcp::set} for example. */
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

    /** No options. */
    public static final DeferredOptions NONE = new DeferredOptions(List.of());

    private final List<Setting<?>> settings;

    private DeferredOptions(List<Setting<?>> settings) {
        this.settings = settings;
    }

    /**
     * Returns these options, and {@code value} for {@code option}.
     *
     * @throws UsageException EINVAL if the option can't have that value
     */
    public <T> DeferredOptions with(SocketOption<T> option, T value) {
        UsageException.requireArgument(option, "option").require(UsageException.requireArgument(value, "value"));
        List<Setting<?>> changed = new ArrayList<>(settings);
        changed.removeIf(earlier -> earlier.option == option);
        changed.add(new Setting<>(option, option.own(value)));
        return new DeferredOptions(List.copyOf(changed));
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
     * @throws SystemException the first error of setsockopt(2); the remaining options are set nevertheless
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

    @Override
    public boolean equals(Object other) {
        return other instanceof DeferredOptions options && settings.equals(options.settings);
    }

    @Override
    public int hashCode() {
        return settings.hashCode();
    }

    /** Returns the options and their values, as in "[TCP_NODELAY=true, SO_RCVBUF=65536]". */
    @Override
    public String toString() {
        return settings.toString();
    }
}
