package io.chagres.compare;

import static java.util.stream.Collectors.joining;

import io.chagres.compare.machine.Command;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** Makes the programs that compete: jars, because an AOT cache does not accept folders, and the programs of src/jmh/c and src/jmh/go. */
final class Workshop {

    private static final Path CLASSES = Path.of("target/classes");
    private static final Path BENCH_CLASSES = Path.of("target/bench-classes");
    private static final Path C = Path.of("src/jmh/c");
    private static final Path GO = Path.of("src/jmh/go");

    private final Path folder;
    private final Set<String> compiled = new HashSet<>();

    Workshop(Path folder) throws IOException {
        this.folder = Files.createDirectories(folder);
        jar("chagres.jar", CLASSES, ".");
        jar("servers.jar", BENCH_CLASSES, "io/chagres/compare/server");
    }

    Path file(String name) {
        return folder.resolve(name);
    }

    /** Returns the class path of a new JVM: Chagres and the servers, and nothing else. */
    String classPath() {
        return file("chagres.jar") + File.pathSeparator + file("servers.jar");
    }

    /** Returns {@link #classPath()} with the libraries of the bench profile. */
    String classPathOfPeers() {
        String libraries = Arrays.stream(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(entry -> entry.endsWith(".jar"))
                .collect(joining(File.pathSeparator));
        return classPath() + File.pathSeparator + libraries;
    }

    /** Compiles {@code examples/NAME.java} and {@code more} sources, and returns the class path to run it with. */
    String example(String name, String... more) throws IOException {
        Path classes = file(name);
        List<String> arguments = new ArrayList<>(List.of(
                "--release", "22", "-cp", CLASSES.toString(), "-d", classes.toString(), "examples/" + name + ".java"));
        arguments.addAll(List.of(more));
        run("javac", arguments.toArray(String[]::new));
        jar(name + ".jar", classes, ".");
        return file("chagres.jar") + File.pathSeparator + file(name + ".jar");
    }

    /** Compiles {@code NAME.c}, and returns the program. */
    String c(String name, String... libraries) throws IOException {
        String program = file(name).toString();
        if (compiled.add(name)) {
            Stream<String> gcc = Stream.of(
                    "gcc", "-O2", "-o", program, C.resolve(name + ".c").toString());
            Command.output(Stream.concat(gcc, Stream.of(libraries)).toList());
        }
        return program;
    }

    /** Compiles {@code NAME.go}, and returns the program. */
    String go(String name) throws IOException {
        String program = file("go-" + name).toString();
        if (compiled.add(program)) {
            Command.output(
                    "go", "build", "-o", program, GO.resolve(name + ".go").toString());
        }
        return program;
    }

    private void jar(String name, Path from, String what) throws IOException {
        run("jar", "--create", "--file", file(name).toString(), "-C", from.toString(), what);
    }

    private static void run(String tool, String... arguments) throws IOException {
        StringWriter said = new StringWriter();
        PrintWriter writer = new PrintWriter(said);
        if (ToolProvider.findFirst(tool).orElseThrow().run(writer, writer, arguments) != 0) {
            throw new IOException(String.join(" ", List.of(arguments)) + ": " + said);
        }
    }
}
