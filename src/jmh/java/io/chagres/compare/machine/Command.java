package io.chagres.compare.machine;

import java.io.File;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs to their end. */
public final class Command {

    private static final int TIMEOUT_SECONDS = 120;

    private Command() {}

    public static boolean exists(String program) {
        String path = System.getenv().getOrDefault("PATH", "/usr/bin:/bin");
        return Arrays.stream(path.split(File.pathSeparator)).anyMatch(folder -> new File(folder, program).canExecute());
    }

    /**
     * Returns the output of a program, of both streams.
     *
     * @throws IOException with the last line of the output, if the program fails or does not end
     */
    public static String output(List<String> command) throws IOException {
        return output(TIMEOUT_SECONDS, command);
    }

    /** Returns the output, likewise, of a program that may take {@code timeoutSeconds}. */
    public static String output(int timeoutSeconds, List<String> command) throws IOException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        process.getOutputStream().close();
        Thread.startVirtualThread(() -> endInTime(process, timeoutSeconds));
        String output = new String(process.getInputStream().readAllBytes());
        if (exit(process) != 0) {
            throw new IOException(command.getFirst() + ": " + lastLine(output));
        }
        return output;
    }

    public static String output(String... command) throws IOException {
        return output(List.of(command));
    }

    private static void endInTime(Process process, int timeoutSeconds) {
        try {
            if (!process.waitFor(timeoutSeconds, TimeUnit.SECONDS)) {
                process.destroyForcibly();
            }
        } catch (InterruptedException ended) {
            process.destroyForcibly();
        }
    }

    private static int exit(Process process) throws IOException {
        try {
            return process.waitFor();
        } catch (InterruptedException interrupted) {
            process.destroyForcibly();
            throw new IOException(interrupted);
        }
    }

    /** Returns the last line that is not blank. */
    public static String lastLine(String output) {
        return output.lines()
                .filter(line -> !line.isBlank())
                .reduce((earlier, later) -> later)
                .orElse("no message")
                .strip();
    }
}
