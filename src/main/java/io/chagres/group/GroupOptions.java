package io.chagres.group;

import com.google.errorprone.annotations.CheckReturnValue;
import io.chagres.UsageException;
import io.chagres.loop.Loop;
import java.util.Objects;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The options of a {@link LoopGroup}. They are immutable: each method returns a changed copy.
 *
 * <pre>{@code
 * LoopGroup.start(4, GroupOptions.named("http").pinned(true).onDeath((loop, cause) -> log.error("loop " + loop, cause)));
 * }</pre>
 */
@CheckReturnValue
public final class GroupOptions {

    private static final Consumer<Loop> NO_SETUP = loop -> {};

    private static final GroupOptions DEFAULTS =
            new GroupOptions("loop", false, false, NO_SETUP, DeathPolicy.end(), null);

    private final String name;
    private final boolean pinned;
    private final boolean daemon;
    private final Consumer<? super Loop> setup;
    private final DeathPolicy policy;
    private final @Nullable DeathListener listener;

    private GroupOptions(
            String name,
            boolean pinned,
            boolean daemon,
            Consumer<? super Loop> setup,
            DeathPolicy policy,
            @Nullable DeathListener listener) {
        this.name = name;
        this.pinned = pinned;
        this.daemon = daemon;
        this.setup = setup;
        this.policy = policy;
        this.listener = listener;
    }

    /** Returns the defaults: the threads are {@code loop-0}, {@code loop-1} and so on, not pinned and no daemons. */
    public static GroupOptions defaults() {
        return DEFAULTS;
    }

    /** Returns the defaults for threads with the names {@code name-0}, {@code name-1} and so on. */
    public static GroupOptions named(String name) {
        return DEFAULTS.name(name);
    }

    /** Sets the first part of the names of the threads, which the index follows. {@code "loop"} by default. */
    public GroupOptions name(String name) {
        UsageException.requireArgument(name, "name");
        return new GroupOptions(name, pinned, daemon, setup, policy, listener);
    }

    /**
     * Sets whether each loop stays on one processor: loop 0 on the first that the process may use, and so on. False by default. There
     * cannot be more loops than processors then. {@link LoopGroup#cpu} returns the choice.
     *
     * @see <a href="https://man7.org/linux/man-pages/man2/sched_setaffinity.2.html">sched_setaffinity(2)</a>
     */
    public GroupOptions pinned(boolean pinned) {
        return new GroupOptions(name, pinned, daemon, setup, policy, listener);
    }

    /** Sets whether the threads are daemons, for which the JVM does not wait. False by default. */
    public GroupOptions daemon(boolean daemon) {
        return new GroupOptions(name, pinned, daemon, setup, policy, listener);
    }

    /** Sets what is called on the thread of each loop before it runs, and again for a loop that takes the place of a dead one. */
    public GroupOptions setup(Consumer<? super Loop> setup) {
        UsageException.requireArgument(setup, "setup");
        return new GroupOptions(name, pinned, daemon, setup, policy, listener);
    }

    /** Sets what happens when a loop dies. {@link DeathPolicy#end()} by default. */
    public GroupOptions policy(DeathPolicy policy) {
        UsageException.requireArgument(policy, "policy");
        return new GroupOptions(name, pinned, daemon, setup, policy, listener);
    }

    /**
     * Sets the listener that is called when a loop dies. Without one, the uncaught exception handler of the thread gets the exception,
     * which it prints by default.
     */
    public GroupOptions onDeath(DeathListener listener) {
        UsageException.requireArgument(listener, "listener");
        return new GroupOptions(name, pinned, daemon, setup, policy, listener);
    }

    String name() {
        return name;
    }

    boolean pinned() {
        return pinned;
    }

    boolean daemon() {
        return daemon;
    }

    Consumer<? super Loop> setup() {
        return setup;
    }

    DeathPolicy policy() {
        return policy;
    }

    @Nullable
    DeathListener listener() {
        return listener;
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof GroupOptions options
                && name.equals(options.name)
                && pinned == options.pinned
                && daemon == options.daemon
                && setup == options.setup
                && policy == options.policy
                && listener == options.listener;
    }

    @Override
    public int hashCode() {
        return Objects.hash(name, pinned, daemon, setup, policy, listener);
    }

    /** Returns the name, and the options that differ from their defaults. */
    @Override
    public String toString() {
        return "GroupOptions (" + name + (pinned ? ", pinned" : "") + (daemon ? ", daemon" : "")
                + (setup == NO_SETUP ? "" : ", setup")
                + (policy == DeathPolicy.end() ? "" : ", " + policy)
                + (listener == null ? ")" : ", onDeath)");
    }
}
