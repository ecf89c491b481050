package io.chagres.loop.internal;

import java.lang.System.Logger.Level;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The receiver of leak reports: null unless the program, or the system property {@code chagres.leaks}, asks for reports. */
public final class LeakReports {

    private static volatile @Nullable Consumer<? super String> reporter =
            Boolean.getBoolean("chagres.leaks") ? LeakReports::log : null;

    private LeakReports() {}

    private static void log(String text) {
        System.getLogger("io.chagres").log(Level.WARNING, text);
    }

    /** Sets the receiver, which any thread may call; null for none. */
    public static void setReporter(@Nullable Consumer<? super String> wanted) {
        reporter = wanted;
    }

    /** Returns whether reports are wanted: their text has a cost. */
    public static boolean areWanted() {
        return reporter != null;
    }

    /** Reports a leak; never throws. */
    public static void report(String text) {
        Consumer<? super String> receiver = reporter;
        try {
            if (receiver != null) {
                receiver.accept(text);
            }
        } catch (Throwable broken) {
            // a report must not end the close of a connection
        }
    }
}
