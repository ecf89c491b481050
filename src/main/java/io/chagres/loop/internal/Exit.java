package io.chagres.loop.internal;

/** The end of the JVM: whether it has begun, and whether a thread is held in it. */
public final class Exit {

    private Exit() {}

    /** Returns whether the JVM shuts down. The only sign of it is that the JVM refuses further shutdown hooks. */
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

    /** Returns whether {@code thread} has called System.exit, which waits for the shutdown hooks and never returns. */
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
