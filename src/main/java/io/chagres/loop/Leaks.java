package io.chagres.loop;

import io.chagres.loop.internal.LeakReports;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Reports of what a program has lost. Off by default. The system property {@code chagres.leaks=true} sends them to the {@link
 * System.Logger} of the name "io.chagres", as warnings.
 *
 * <p>Two losses are reported:
 *
 * <ul>
 *   <li>A loop was collected without having been closed. Its descriptors and those of its sockets stay open. The text has their numbers
 *       and where the loop was made. Only loops that are made while reports are on are watched.
 *   <li>A socket was destroyed while bytes that were written had not been sent.
 * </ul>
 *
 * <p>A socket with a connection can't be collected while its loop is reachable: the loop has its handle, which has the socket. A connection
 * that the program has forgotten is in {@link Loop#dump()}, with the time of its last activity.
 *
 * <pre>{@code
 * Leaks.report(System.err::println);
 * }</pre>
 */
public final class Leaks {

    private Leaks() {}

    /**
     * Sets the receiver of reports, in place of the one before and of the property; any thread.
     *
     * @param reporter called with a text of several lines, on the loop thread or on a thread of its own; null for no reports
     */
    public static void report(@Nullable Consumer<? super String> reporter) {
        LeakReports.setReporter(reporter);
    }
}
