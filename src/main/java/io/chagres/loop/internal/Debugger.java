package io.chagres.loop.internal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The debugger that may hold a thread at a breakpoint. The agent that serves debuggers, libjdwp.so, is in the memory map of the process
 * from the moment when it is loaded: by an option of the JVM, by JAVA_TOOL_OPTIONS, by an argument file or later. The arguments of the
 * JVM would need java.management, and would not show each of these ways.
 */
final class Debugger {

    private static final Path MAPS = Path.of("/proc/self/maps");
    private static final String AGENT = "/libjdwp.so";

    private Debugger() {}

    /** Returns whether the agent is loaded, even if no debugger is connected to it. Takes about a millisecond. */
    static boolean isLoaded() {
        try {
            return Files.readString(MAPS).contains(AGENT);
        } catch (IOException unknown) {
            return false;
        }
    }
}
