package io.chagres.handle;

import io.chagres.UsageException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import sun.misc.SignalHandler;

/**
 * The subscribers of each signal, for the whole process: the JVM has one handler per signal, and this class is the only one here
 * that sets it. Other libraries may set theirs at any time. The handler runs on a new thread of the JVM for each signal.
 */
final class SignalTable {

    /** By number, since some signals have two names: CHLD and CLD, IO and POLL. What is in it stays. */
    private static final Map<Integer, Entry> ENTRIES = new HashMap<>();

    /** The environment variable by which HotSpot's signal for suspending threads is moved, and its default and range. */
    private static final String SUSPEND_VARIABLE = "_JAVA_SR_SIGNUM";

    private static final int USR2 = 12;
    private static final int SEGV = 11;
    private static final int NSIG = 65;

    private static final int BUS = 7;
    private static final int PROF = 27;

    private SignalTable() {}

    /** Adds a subscriber, and catches the signal, even if another library has set a handler of its own since the last time. */
    static synchronized void add(String name, Runnable subscriber) {
        try {
            sun.misc.Signal signal = new sun.misc.Signal(name);
            requireFree(name, signal.getNumber());
            Entry entry = ENTRIES.computeIfAbsent(signal.getNumber(), number -> new Entry(signal));
            entry.add(subscriber);
        } catch (IllegalArgumentException refused) {
            throw refusal(name, refused.getMessage());
        }
    }

    /** Removes a subscriber, and after the last restores what was before, unless another library has set a handler since. */
    static synchronized void remove(String name, Runnable subscriber) {
        Entry entry = ENTRIES.get(new sun.misc.Signal(name).getNumber());
        entry.subscribers.remove(subscriber);
        if (entry.subscribers.isEmpty()) {
            entry.giveBack();
        }
    }

    /** The JVM would let go of these, and miss them: it refuses only those that it uses in every program. */
    private static void requireFree(String name, int number) {
        if (number == suspendSignal(System.getenv(SUSPEND_VARIABLE))) {
            throw refusal(
                    name,
                    "the JVM suspends its threads with it, for JFR and other samplers; the environment variable "
                            + SUSPEND_VARIABLE + " moves that to another signal");
        }
        if (number == BUS) {
            throw refusal(name, "the JVM makes an InternalError of it if a mapped file is cut");
        }
        if (number == PROF) {
            throw refusal(name, "it belongs to profilers, and JFR's CPU-time sampler gives up if it is taken");
        }
    }

    /** HotSpot's SR_signum, from the value of its variable, or null. */
    static int suspendSignal(String variable) {
        Matcher number = Pattern.compile("\\s*\\+?(\\d{1,3}).*").matcher(variable == null ? "" : variable);
        int wanted = number.matches() ? Integer.parseInt(number.group(1)) : 0;
        return wanted > SEGV && wanted < NSIG ? wanted : USR2;
    }

    private static UsageException refusal(String name, String reason) {
        return new UsageException("EINVAL", "signal " + name + " cannot be caught: " + reason);
    }

    /** Our handler of one signal: one and the same for the life of the process, so that it can be recognized. */
    private static final class Entry implements SignalHandler {

        private final sun.misc.Signal signal;
        private final List<Runnable> subscribers = new ArrayList<>();
        private SignalHandler before;

        Entry(sun.misc.Signal signal) {
            this.signal = signal;
        }

        /** The subscriber first: a signal that was taken and reaches no subscriber would be lost. */
        void add(Runnable subscriber) {
            subscribers.add(subscriber);
            try {
                take();
            } catch (Throwable refused) {
                subscribers.remove(subscriber);
                throw refused;
            }
        }

        private void take() {
            SignalHandler installed = sun.misc.Signal.handle(signal, this);
            if (installed != this) {
                before = installed;
            }
        }

        /** Takes this handler away, and only this; whether it was in place. There is no way to ask but to set one. */
        boolean giveBack() {
            SignalHandler installed = sun.misc.Signal.handle(signal, this);
            sun.misc.Signal.handle(signal, installed == this ? before : installed);
            return installed == this;
        }

        @Override
        public void handle(sun.misc.Signal caught) {
            synchronized (SignalTable.class) {
                if (!subscribers.isEmpty()) {
                    run(subscribers, 0);
                } else if (giveBack()) {
                    // another library had noted this handler, and has put it back
                    sun.misc.Signal.raise(signal);
                }
            }
        }

        /** An Error at one subscriber, thrown to the thread of the JVM's in the end, keeps the signal from no other. */
        private static void run(List<Runnable> subscribers, int first) {
            for (int i = first; i < subscribers.size(); i++) {
                try {
                    subscribers.get(i).run();
                } catch (Throwable thrown) {
                    run(subscribers, i + 1);
                    throw thrown;
                }
            }
        }
    }
}
