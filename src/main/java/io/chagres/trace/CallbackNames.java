package io.chagres.trace;

import io.chagres.loop.internal.PhaseEntry;
import io.chagres.loop.internal.Resident;
import io.chagres.loop.internal.Watcher;
import java.util.Locale;

/** The names of callbacks in plain words: {@code connection of server:9297}, {@code idle timeout}, {@code task}. */
final class CallbackNames {

    private CallbackNames() {}

    static String of(Object callback, Owners owners) {
        return switch (callback) {
            case Watcher watcher -> ofWatcher(watcher, owners);
            case Resident resident -> "close of " + words(resident.getClass());
            case PhaseEntry entry -> "phase handle";
            case Runnable runnable -> "completion";
            default -> words(callback.getClass());
        };
    }

    private static String ofWatcher(Watcher watcher, Owners owners) {
        String owner = owners.ownerOf(watcher.fd());
        if (owner.isEmpty()) {
            return "events of descriptor " + watcher.fd();
        }
        return (owner.startsWith(Owners.SERVER) ? "connection of " : "events of ") + owner;
    }

    /** Returns the name of the outermost class in words: {@code idle timeout} for IdleTimeout, {@code timer} for Timer.Entry. */
    private static String words(Class<?> type) {
        Class<?> outermost = type;
        for (Class<?> outer = type; outer != null; outer = outer.getEnclosingClass()) {
            outermost = outer;
        }
        return outermost.getSimpleName().replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    }
}
