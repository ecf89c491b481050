package io.chagres.loop.internal;

import java.lang.System.Logger.Level;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The report of a loop that has something to do and was never run: a server listens, and the program has forgotten {@link
 * io.chagres.loop.Loop#run}. Such a program ends in silence, because a loop keeps no thread of the JVM alive.
 *
 * <p>A loop is reported if it was not run in any mode, a handle that is active and referenced or a pending request keeps it alive, and
 * either the loop is closed or the JVM ends after the thread of the loop. A System.exit on that thread is no such end.
 */
final class ForgottenRun {

    /** Receives the reports of closed loops in a test; null for the logger. */
    static volatile @Nullable Consumer<? super String> reporter;

    private ForgottenRun() {}

    /** The hook that looks at all open loops when the JVM ends. A lambda instead of this class would cost 10 ms at the start. */
    private static final class AtExit extends Thread {

        AtExit() {
            super("chagres-forgotten-run");
        }

        @Override
        public void run() {
            for (LoopCore core : OpenLoops.all()) {
                if (isForgotten(core) && !core.owner.isAlive()) {
                    System.err.println(text(core, "the JVM ends")); // the loggers end now, too
                }
            }
        }
    }

    /** Looks at all open loops when the JVM ends. Called once, by the class that lists them. */
    static void watchExit() {
        try {
            Runtime.getRuntime().addShutdownHook(new AtExit()); // 0.1 ms
        } catch (IllegalStateException ending) {
            // a first loop that is made by a shutdown hook
        }
    }

    /** Reports {@code core}, which is about to be closed, to the {@link System.Logger} of the name "io.chagres". */
    static void reportClose(LoopCore core) {
        if (!isForgotten(core)) {
            return;
        }
        String text = text(core, "it is closed");
        Consumer<? super String> receiver = reporter;
        if (receiver != null) {
            receiver.accept(text);
        } else {
            System.getLogger("io.chagres").log(Level.WARNING, text);
        }
    }

    private static boolean isForgotten(LoopCore core) {
        return !core.wasRun && core.reasons() > 0;
    }

    private static String text(LoopCore core, String end) {
        return "the loop of thread \"" + core.owner.getName() + "\" has work and was never run, and now " + end
                + ": Loop.run() is missing. The work is " + Obstacle.reasons(core);
    }
}
