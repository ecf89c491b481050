package io.chagres.socket;

import com.google.errorprone.annotations.CheckReturnValue;
import io.chagres.SystemException;
import io.chagres.UsageException;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Options of a kernel socket that are set before the socket exists. They are kept in the order of the calls, and applied when the
 * socket is made. If an option is set twice, only the second value is kept, in the place of the second call.
 *
 * <p>The object is immutable: {@link #with} returns a changed copy. A value that the caller could change, such as a byte array, is
 * copied.
 *
 * <pre>{@code
 * DeferredOptions options = DeferredOptions.NONE
 *         .with(SocketOption.TCP_NODELAY, true)
 *         .with(SocketOption.SO_RCVBUF, 65536);
 * options.applyTo(tcp::set);
 * }</pre>
 */
@CheckReturnValue
public final class DeferredOptions {

    /** The receiver of each option and its value: {@code tcp::set}, for example. */
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
     * Returns a copy in which {@code option} has {@code value} and is the last to be applied.
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

    /** Returns the value that is kept for {@code option}; null if there is none. */
    @SuppressWarnings("unchecked") // a setting has the value of its option
    public <T> @Nullable T valueOf(SocketOption<T> option) {
        return settings.stream()
                .filter(setting -> setting.option == option)
                .map(setting -> option.own((T) setting.value))
                .findFirst()
                .orElse(null);
    }

    /** Calls {@code target} with each option, in order. If a call throws, the remaining options are not applied. */
    public void applyTo(Target target) {
        settings.forEach(setting -> setting.applyTo(target));
    }

    /**
     * Sets all options on the descriptor {@code fd}, in order.
     *
     * @throws SystemException the first error of setsockopt(2). The remaining options are set in spite of it
     * @see <a href="https://man7.org/linux/man-pages/man2/setsockopt.2.html">setsockopt(2)</a>
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
