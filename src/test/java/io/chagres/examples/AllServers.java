package io.chagres.examples;

import io.chagres.loop.Loop;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Scanner;

/**
 * Many examples in one process, which starts sooner than many processes. A line of its standard input is a program and its arguments, or
 * "dump". What the programs print has their name before it. The dump of all loops ends with the line "(end)". The process ends when its
 * standard input ends.
 */
final class AllServers {

    static final String DUMP = "dump";
    static final String END = "(end)";

    private AllServers() {}

    /** @param folder the classes of the examples */
    public static void main(String[] folder) throws IOException {
        PrintStream out = new PrintStream(new FileOutputStream(FileDescriptor.out), true);
        System.setOut(new Named(out));
        try (URLClassLoader examples =
                        new URLClassLoader(new URL[] {Path.of(folder[0]).toUri().toURL()});
                Scanner lines = new Scanner(System.in)) {
            while (lines.hasNextLine()) {
                String[] words = lines.nextLine().split(" ");
                if (words[0].equals(DUMP)) {
                    out.println(Loop.dumpAll() + "\n" + END);
                } else {
                    Thread.ofPlatform().daemon().name(words[0]).start(() -> run(examples, words));
                }
            }
        }
        Runtime.getRuntime().halt(0);
    }

    private static void run(ClassLoader examples, String[] words) {
        try {
            Object arguments = Arrays.copyOfRange(words, 1, words.length);
            examples.loadClass(words[0]).getMethod("main", String[].class).invoke(null, arguments);
        } catch (ReflectiveOperationException failed) {
            failed.printStackTrace();
        }
    }

    private static final class Named extends PrintStream {
        Named(PrintStream out) {
            super(out, true);
        }

        @Override
        public void println(String line) {
            super.println(Thread.currentThread().getName() + " " + line);
        }
    }
}
