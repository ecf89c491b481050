package io.chagres.labs;

import java.io.File;
import java.io.IOException;
import java.lang.ProcessBuilder.Redirect;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Other processes, which are killed if they do not end. */
final class Processes {

    private static final int MAX_SECONDS = 60;

    /** The exit status of a process, and the text of both of its outputs. */
    record Outcome(int status, String output) {}

    private Processes() {}

    /** Runs a command to its end. */
    static Outcome run(List<String> command) throws IOException, InterruptedException {
        Path printed = Files.createTempFile("chagres-lab", ".txt");
        Process process = null;
        try {
            process = new ProcessBuilder(command)
                    .redirectInput(new File("/dev/null"))
                    .redirectErrorStream(true)
                    .redirectOutput(Redirect.to(printed.toFile()))
                    .start();
            boolean ends = process.waitFor(MAX_SECONDS, TimeUnit.SECONDS);
            return new Outcome(
                    ends ? process.exitValue() : -1, Files.readString(printed).strip());
        } finally {
            if (process != null) {
                process.destroyForcibly();
            }
            Files.delete(printed);
        }
    }

    /** Returns the command that runs {@code main} in a JVM with the classes of this one. */
    static List<String> java(Class<?> main, String... arguments) {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "--enable-native-access=ALL-UNNAMED",
                "-cp",
                System.getProperty("java.class.path"),
                main.getName()));
        command.addAll(List.of(arguments));
        return command;
    }

    /** Ends this JVM if its main method does not. */
    static void haltAfter(int seconds) {
        Thread.ofPlatform().daemon().start(() -> {
            try {
                Thread.sleep(seconds * 1000L);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            Runtime.getRuntime().halt(9);
        });
    }
}
