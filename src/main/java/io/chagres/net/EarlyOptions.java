package io.chagres.net;

import io.chagres.loop.SystemException;
import java.util.ArrayList;
import java.util.List;

/** The options that were set before there was a socket, in that order; of one set twice, only the second time. */
final class EarlyOptions {

    private record Setting<T>(SocketOption<T> option, T value) {
        void applyTo(int fd) {
            option.set(fd, value);
        }
    }

    private final List<Setting<?>> settings = new ArrayList<>();

    <T> void add(SocketOption<T> option, T value) {
        settings.removeIf(earlier -> earlier.option == option);
        settings.add(new Setting<>(option, value));
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
}
