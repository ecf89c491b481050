package io.chagres.trace;

import com.google.errorprone.annotations.CheckReturnValue;
import io.chagres.UsageException;
import java.util.EnumSet;
import java.util.Objects;

/**
 * The options of a {@link Trace}. Options are immutable: each method returns a changed copy.
 *
 * <pre>{@code
 * TraceOptions options = TraceOptions.defaults().categories(Category.NET, Category.DATA).stringLimit(80);
 * }</pre>
 */
@CheckReturnValue
public final class TraceOptions {

    private static final int STRACE_LIMIT = 32;
    private static final int MAX_STRING_LIMIT = 1 << 20;
    private static final TraceOptions DEFAULTS =
            new TraceOptions(EnumSet.allOf(Category.class), STRACE_LIMIT, false, true);

    private final EnumSet<Category> categories;
    private final int stringLimit;
    private final boolean socketStates;
    private final boolean lines;

    private TraceOptions(EnumSet<Category> categories, int stringLimit, boolean socketStates, boolean lines) {
        this.categories = categories;
        this.stringLimit = stringLimit;
        this.socketStates = socketStates;
        this.lines = lines;
    }

    /** Returns the defaults: all calls, strings of 32 bytes, the lines of the program, no states of sockets. */
    public static TraceOptions defaults() {
        return DEFAULTS;
    }

    /**
     * Sets the kinds of system calls that are reported. All by default. With none, the trace has only callbacks and notes.
     */
    public TraceOptions categories(Category... categories) {
        UsageException.requireArgument(categories, "categories");
        EnumSet<Category> chosen = EnumSet.noneOf(Category.class);
        for (Category category : categories) {
            chosen.add(UsageException.requireArgument(category, "category"));
        }
        return new TraceOptions(chosen, stringLimit, socketStates, lines);
    }

    /**
     * Sets the number of bytes after which a string, and the number of elements after which an array is cut: the option {@code -s} of
     * strace(1). 32 by default.
     *
     * @param limit 0 to 1,048,576
     */
    public TraceOptions stringLimit(int limit) {
        UsageException.requireRange(limit, 0, MAX_STRING_LIMIT, "limit");
        return new TraceOptions(categories, limit, socketStates, lines);
    }

    /**
     * Sets whether each event has the states of the TCP sockets, see {@link TraceEvent#sockets()}. Off by default: {@code /proc/net/tcp}
     * and {@code /proc/net/tcp6} are read after each event, which takes long on a machine with many connections.
     */
    public TraceOptions socketStates(boolean report) {
        return new TraceOptions(categories, stringLimit, report, lines);
    }

    /** Sets whether each event has the line of the program, see {@link Place#line()}. On by default: it takes a walk through the stack. */
    public TraceOptions lines(boolean report) {
        return new TraceOptions(categories, stringLimit, socketStates, report);
    }

    boolean includes(Category category) {
        return categories.contains(category);
    }

    int stringLimit() {
        return stringLimit;
    }

    boolean hasSocketStates() {
        return socketStates;
    }

    boolean hasLines() {
        return lines;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof TraceOptions that
                && categories.equals(that.categories)
                && stringLimit == that.stringLimit
                && socketStates == that.socketStates
                && lines == that.lines;
    }

    @Override
    public int hashCode() {
        return Objects.hash(categories, stringLimit, socketStates, lines);
    }

    /** Returns the options, as in {@code TraceOptions (net, data, strings of 32 bytes, with lines)}. */
    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("TraceOptions (");
        categories.forEach(category -> text.append(category).append(", "));
        text.append("strings of ").append(stringLimit).append(" bytes");
        return text.append(lines ? ", with lines" : "")
                .append(socketStates ? ", with the states of sockets)" : ")")
                .toString();
    }
}
