package io.chagres.handle;

import io.chagres.UsageException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import sun.misc.SignalHandler;

/**
 * The subscribers of each signal, for the whole process. The JVM has one handler per signal, and only this class sets it here. Other
 * libraries may set theirs at any time. The JVM runs the handler on a new thread for each signal.
 */
final class SignalTable {

    /** By number, because some signals have two names: CHLD and CLD, IO and POLL. Entries are never removed. */
    private static final Map<Integer, Entry> ENTRIES = new HashMap<>();

    /** The environment variable that selects the signal with which HotSpot suspends threads. Default and range are below. */
    private static final String SUSPEND_VARIABLE = "_JAVA_SR_SIGNUM";

    private static final int USR2 = 12;
    private static final int SEGV = 11;
    private static final int NSIG = 65;

    private static final int BUS = 7;
    private static final int PROF = 27;

    private SignalTable() {}

    /** Adds a subscriber and catches the signal, also if another library has set a handler since the last subscription. */
    static synchronized void add(String name, Runnable subscriber) {
        try {
            sun.misc.Signal signal = new sun.misc.Signal(name);
            requireFree(name, signal.getNumber());
            Entry entry = ENTRIES.computeIfAbsent(signal.getNumber(), number -> new Entry(signal));
            entry.add(subscriber);
        } catch (IllegalArgumentException refused) {
            throw refusal(name, String.valueOf(refused.getMessage()));
        }
    }

    /** Removes a subscriber. After the last one, restores the previous handler unless another library has set one since. */
    static synchronized void remove(String name, Runnable subscriber) {
        Entry entry = Objects.requireNonNull(ENTRIES.get(new sun.misc.Signal(name).getNumber()));
        entry.subscribers.remove(subscriber);
        if (entry.subscribers.isEmpty()) {
            entry.giveBack();
        }
    }

    /** Refuses the signals that the JVM needs in some programs. The JVM itself refuses only those that it needs in every program. */
    private static void requireFree(String name, int number) {
        if (number == suspendSignal(System.getenv(SUSPEND_VARIABLE))) {
            throw refusal(
                    name,
                    "the JVM suspends its threads with it, for JFR and other samplers; the environment variable "
                            + SUSPEND_VARIABLE + " moves that to another signal");
        }
        if (number == BUS) {
            throw refusal(name, "the JVM turns it into an InternalError if a mapped file is truncated");
        }
        if (number == PROF) {
            throw refusal(name, "it belongs to profilers, and JFR's CPU-time sampler gives up if it is taken");
        }
    }

    /** Returns the signal that HotSpot uses (its SR_signum) if {@code variable} is the value of the environment variable, or null. */
    static int suspendSignal(@Nullable String variable) {
        Matcher number = Pattern.compile("\\s*\\+?(\\d{1,3}).*").matcher(variable == null ? "" : variable);
        int wanted = number.matches() ? Integer.parseInt(number.group(1)) : 0;
        return wanted > SEGV && wanted < NSIG ? wanted : USR2;
    }

    private static UsageException refusal(String name, String reason) {
        return new UsageException("EINVAL", "signal " + name + " cannot be caught: " + reason);
    }

    /** The handler of one signal. It is the same object for the life of the process, so that it can be recognized. */
    private static final class Entry implements SignalHandler {

        private final sun.misc.Signal signal;
        private final List<Runnable> subscribers = new ArrayList<>();
        private @Nullable SignalHandler before;

        Entry(sun.misc.Signal signal) {
            this.signal = signal;
        }

        /** Adds the subscriber before it catches the signal: otherwise a signal could find no subscriber and be lost. */
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

        /**
         * Restores the previous handler if this one is installed; returns whether it was. The JVM tells the installed handler only when
         * another one is set.
         */
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
                    // another library had saved this handler, and has restored it
                    sun.misc.Signal.raise(signal);
                }
            }
        }

        /** Runs all subscribers, also if one throws an Error. The first Error is thrown at the end, to the thread of the JVM. */
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
