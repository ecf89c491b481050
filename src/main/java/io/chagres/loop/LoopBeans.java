package io.chagres.loop;

import io.chagres.UsageException;
import io.chagres.loop.internal.Beans;
import io.chagres.loop.internal.LoopCore;

/**
 * The registration of loops with the platform's MBean server, for JMX, JConsole, Micrometer and the agents of Prometheus and
 * OpenTelemetry.
 *
 * <p>The system property {@code chagres.jmx=true} registers each loop when it is made, and each {@link io.chagres.net.Server} when it
 * listens; an image without the module java.management ignores it. Without the property and without a call of {@link #register}, no class of java.management is loaded. A loop that is
 * registered is reachable until it is closed.
 *
 * <pre>{@code
 * LoopThread thread = Loop.start("io", loop -> {
 *     LoopBeans.register(loop); // io.chagres:type=Loop,name=io
 *     ...
 * });
 * }</pre>
 */
public final class LoopBeans {

    private LoopBeans() {}

    /**
     * Registers a {@link LoopMXBean} as {@code io.chagres:type=Loop,name=<name of the calling thread>}, until the loop is closed. If the
     * name is taken, "-2" or a greater number is added. Calling it again for the same loop is a no-op.
     *
     * @return the text of its ObjectName
     * @throws UsageException EINVAL if the loop is null; ERR_UNAVAILABLE if this JVM has no module java.management; ERR_LOOP_CLOSED
     */
    public static String register(Loop loop) {
        LoopCore core = LoopCore.of(UsageException.requireArgument(loop, "loop"));
        core.checkThread();
        return core.local(Registration.class, () -> new Registration(loop, core)).name;
    }

    /** Registers {@code loop} because the system property asks for it. Without the module java.management, it does nothing. */
    static void offer(Loop loop) {
        try {
            register(loop);
        } catch (UsageException unavailable) {
            // an image without the module works
        }
    }

    /** The one registration of a loop. The beans of a loop are taken off with the loop. */
    private static final class Registration {

        private final String name;

        Registration(Loop loop, LoopCore core) {
            name = Beans.of(core).register("type=Loop", Thread.currentThread().getName(), new LoopBean(loop, core));
        }
    }
}
