package io.chagres.net;

import io.chagres.loop.SystemException;
import io.chagres.loop.UsageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** The options that were set before there was a socket, in that order; of one set twice, only the second time. They are values. */
final class EarlyOptions {

    private record Setting<T>(SocketOption<T> option, T value) {
        @Override
        public String toString() {
            return option + "=" + value;
        }

        void applyTo(int fd) {
            option.set(fd, value);
        }

        void applyTo(Tcp handle) {
            handle.set(option, value);
        }

        void applyTo(Socket socket) {
            socket.set(option, value);
        }
    }

    private final List<Setting<?>> settings = new ArrayList<>();

    /** @throws UsageException EINVAL where it can't have that value */
    <T> void add(SocketOption<T> option, T value) {
        UsageException.requireArgument(option, "option").require(UsageException.requireArgument(value, "value"));
        settings.removeIf(earlier -> earlier.option == option);
        settings.add(new Setting<>(option, option.own(value)));
    }

    /** The value that was set, or null. */
    @SuppressWarnings("unchecked") // a setting has the value of its option
    <T> T valueOf(SocketOption<T> option) {
        return settings.stream().filter(setting -> setting.option == option).map(setting -> option.own((T) setting.value)).findFirst()
            .orElse(null);
    }

    /** Sets them all on a handle, which keeps them until it has a socket. */
    void applyTo(Tcp handle) {
        settings.forEach(setting -> setting.applyTo(handle));
    }

    /** Sets them all on a socket, likewise. */
    void applyTo(Socket socket) {
        settings.forEach(setting -> setting.applyTo(socket));
    }

    /** Sets them all; the first that the kernel refuses throws, but only after the others. */
    void applyTo(int fd) {
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

    /** As in "[TCP_NODELAY=true, SO_RCVBUF=65536]"; a copy first, since another thread may read while one is added. */
    @Override
    public String toString() {
        return Arrays.toString(settings.toArray());
    }
}
