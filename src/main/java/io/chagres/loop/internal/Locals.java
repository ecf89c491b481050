package io.chagres.loop.internal;

import io.chagres.UsageException;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** The objects of which a loop has one of each type, made at first use and closed with the loop. A list, because there are few. */
final class Locals {

    /** The place for an object. It exists before the object, which may own a descriptor and must not be lost in an Error. */
    private static final class Place {
        final Class<?> type;
        final @Nullable Place next;

        @Nullable
        Object object;

        Place(Class<?> type, @Nullable Place next) {
            this.type = type;
            this.next = next;
        }
    }

    private @Nullable Place first;
    private boolean closed;

    <T> T get(Class<T> type, Supplier<? extends T> maker) {
        Place place = first;
        while (place != null && place.type != type) {
            place = place.next;
        }
        return type.cast(place != null && place.object != null ? place.object : make(place, type, maker));
    }

    private Object make(@Nullable Place unused, Class<?> type, Supplier<?> maker) {
        if (closed) {
            throw new UsageException("ERR_LOOP_CLOSED", "the loop is closed; nothing can be opened on it any more");
        }
        Place place = unused == null ? new Place(type, first) : unused;
        first = unused == null ? place : first;
        place.object = maker.get(); // may call get() for other types
        return place.object;
    }

    /** Closes the objects. This needs no memory. */
    void close(Failures failures) {
        closed = true;
        for (Place place = first; place != null; place = place.next) {
            try {
                if (place.object instanceof AutoCloseable closeable) {
                    closeable.close();
                }
            } catch (Throwable thrown) {
                failures.raise(thrown);
            }
        }
        first = null;
    }
}
