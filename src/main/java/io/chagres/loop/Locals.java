package io.chagres.loop;

import java.util.HashMap;
import java.util.Map;
import java.util.function.Supplier;

/** One object of a type for the whole loop, made at first use and closed with the loop. */
final class Locals {

    private final Map<Class<?>, Object> objects = new HashMap<>();
    private boolean closed;

    <T> T get(Class<T> type, Supplier<? extends T> maker) {
        Object there = objects.get(type);
        if (there == null) {
            if (closed) {
                throw new UsageException("ERR_LOOP_CLOSED", "the loop is closed");
            }
            objects.put(type, null);   // the place first: what is made may own a descriptor, and must not get lost
            there = maker.get();
            objects.put(type, there);
        }
        return type.cast(there);
    }

    void close(Failures failures) {
        closed = true;
        for (Object object : objects.values()) {
            try {
                if (object instanceof AutoCloseable closeable) {
                    closeable.close();
                }
            } catch (Throwable thrown) {
                failures.raise(thrown);
            }
        }
        objects.clear();
    }
}
