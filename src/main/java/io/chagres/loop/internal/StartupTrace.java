package io.chagres.loop.internal;

/** The trace that the property {@code chagres.trace} asks for. This class is loaded only if the property is set. */
public final class StartupTrace {

    /** It is found by name, because its floor is above this one, and because it must not be loaded without the property. */
    private static final String TRACE = "io.chagres.trace.PropertyTrace";

    private StartupTrace() {}

    /** Starts the trace. Called once, by the initialiser of Loop. */
    public static void begin() {
        try {
            Class.forName(TRACE, true, StartupTrace.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError missing) {
            System.err.println("chagres.trace: " + missing);
        }
    }
}
