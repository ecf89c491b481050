package io.chagres.handle;

import io.chagres.loop.UsageException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import sun.misc.SignalHandler;

/**
 * Who waits for which signal, for the whole process: the JVM has one handler per signal, and this class is the only one
 * that sets it. The handler runs on a fresh thread of the JVM's for each signal.
 */
final class SignalTable {

    private static final Map<String, Entry> ENTRIES = new HashMap<>();

    private record Entry(SignalHandler before, List<Runnable> subscribers) {
    }

    private SignalTable() {
    }

    /** Adds a subscriber, and catches the signal if it is the first. */
    static synchronized void add(String name, Runnable subscriber) {
        Entry entry = ENTRIES.get(name);
        if (entry == null) {
            entry = new Entry(handle(name, signal -> dispatch(name)), new ArrayList<>());
            ENTRIES.put(name, entry);
        }
        entry.subscribers.add(subscriber);
    }

    /** Removes a subscriber, and restores what was before if it was the last. */
    static synchronized void remove(String name, Runnable subscriber) {
        Entry entry = ENTRIES.get(name);
        entry.subscribers.remove(subscriber);
        if (entry.subscribers.isEmpty()) {
            ENTRIES.remove(name);
            handle(name, entry.before);
        }
    }

    private static synchronized void dispatch(String name) {
        Entry entry = ENTRIES.get(name);
        if (entry != null) {
            entry.subscribers.forEach(Runnable::run);
        }
    }

    private static SignalHandler handle(String name, SignalHandler handler) {
        try {
            return sun.misc.Signal.handle(new sun.misc.Signal(name), handler);
        } catch (IllegalArgumentException refused) {
            throw new UsageException("EINVAL", "signal " + name + " cannot be caught: " + refused.getMessage());
        }
    }
}
