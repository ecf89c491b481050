package io.chagres.loop.internal;

/** The end of the JVM: whether it has begun, and whether a thread is held in it. */
public final class Exit {

    private Exit() {}

    /** Whether the JVM shuts down. The one sign of it is that it takes no more shutdown hooks. */
    public static boolean hasBegun() {
        Thread probe = Thread.ofPlatform().unstarted(() -> {});
        try {
            Runtime.getRuntime().addShutdownHook(probe);
            Runtime.getRuntime().removeShutdownHook(probe);
            return false;
        } catch (IllegalStateException begun) {
            return true;
        }
    }

    /** Whether {@code thread} has called System.exit. It never returns from that, and it waits for the shutdown hooks. */
    public static boolean holds(Thread thread) {
        for (StackTraceElement frame : thread.getStackTrace()) {
            if (frame.getClassName().equals("java.lang.Runtime")
                    && frame.getMethodName().equals("exit")) {
                return true;
            }
        }
        return false;
    }
}
