package io.chagres.trace;

import io.chagres.loop.internal.PhaseEntry;
import io.chagres.loop.internal.Resident;
import io.chagres.loop.internal.Watcher;
import java.util.Locale;
import java.util.Set;

/** The names of callbacks in plain words: {@code connection of server:9297}, {@code idle timeout}, {@code task}. */
final class CallbackNames {

    /** Nested classes whose own names say nothing to a reader of a trace. */
    private static final Set<String> PLAIN = Set.of("Entry", "Delivery");

    private CallbackNames() {}

    static String of(Object callback, Owners owners) {
        return switch (callback) {
            case Watcher watcher -> ofWatcher(watcher, owners);
            case Resident resident -> "close of " + words(resident.getClass());
            case PhaseEntry entry -> Places.here(false).phase() + " handle";
            case Runnable runnable -> ofRunnable(runnable.getClass());
            default -> ofPart(callback.getClass());
        };
    }

    private static String ofWatcher(Watcher watcher, Owners owners) {
        String owner = owners.ownerOf(watcher.fd());
        if (owner.isEmpty()) {
            return "events of descriptor " + watcher.fd();
        }
        return (owner.startsWith(Owners.SERVER) ? "connection of " : "events of ") + owner;
    }

    /** A lambda has the name of the class that it is written in: {@code completion of tcp}, {@code callback of EchoServer}. */
    private static String ofRunnable(Class<?> type) {
        String name = type.getName().replaceAll("\\$.*", "");
        String simple = name.substring(name.lastIndexOf('.') + 1);
        return name.startsWith("io.chagres.") ? "completion of " + words(simple) : "callback of " + simple;
    }

    /** {@code idle timeout} for IdleTimeout, {@code timer} for Timer.Entry, {@code deadline of opening} for Opening.Deadline. */
    private static String ofPart(Class<?> type) {
        String owner = words(type);
        boolean plain =
                type.isAnonymousClass() || type.getEnclosingClass() == null || PLAIN.contains(type.getSimpleName());
        return plain ? owner : words(type.getSimpleName()) + " of " + owner;
    }

    /** Returns the name of the outermost class in words. */
    private static String words(Class<?> type) {
        Class<?> outermost = type;
        for (Class<?> outer = type; outer != null; outer = outer.getEnclosingClass()) {
            outermost = outer;
        }
        return words(outermost.getSimpleName());
    }

    private static String words(String name) {
        return name.replaceAll("(?<=[a-z])(?=[A-Z])", " ").toLowerCase(Locale.ROOT);
    }
}
