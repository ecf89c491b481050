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

    /** By number, since some signals have two names: CHLD and CLD, IO and POLL. */
    private static final Map<Integer, Entry> ENTRIES = new HashMap<>();

    private record Entry(sun.misc.Signal signal, SignalHandler before, List<Runnable> subscribers) {
    }

    private SignalTable() {
    }

    /** Adds a subscriber, and catches the signal if it is the first. */
    static synchronized void add(String name, Runnable subscriber) {
        try {
            sun.misc.Signal signal = new sun.misc.Signal(name);
            ENTRIES.computeIfAbsent(signal.getNumber(), number -> caught(signal)).subscribers.add(subscriber);
        } catch (IllegalArgumentException refused) {
            throw new UsageException("EINVAL", "signal " + name + " cannot be caught: " + refused.getMessage());
        }
    }

    private static Entry caught(sun.misc.Signal signal) {
        SignalHandler before = sun.misc.Signal.handle(signal, caught -> dispatch(caught.getNumber()));
        return new Entry(signal, before, new ArrayList<>());
    }

    /** Removes a subscriber, and restores what was before if it was the last. */
    static synchronized void remove(String name, Runnable subscriber) {
        int number = new sun.misc.Signal(name).getNumber();
        Entry entry = ENTRIES.get(number);
        entry.subscribers.remove(subscriber);
        if (entry.subscribers.isEmpty()) {
            ENTRIES.remove(number);
            sun.misc.Signal.handle(entry.signal, entry.before);
        }
    }

    private static synchronized void dispatch(int number) {
        Entry entry = ENTRIES.get(number);
        if (entry != null) {
            entry.subscribers.forEach(Runnable::run);
        }
    }
}
