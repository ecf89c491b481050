package io.chagres.publish;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.ForkedJvm.Outcome;
import java.io.File;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** The program in src/test/consumer, compiled and run with a jar of the library in the ways that docs/packaging.md shows. */
final class ConsumerProject {
    static final Path SOURCES = Path.of("src/test/consumer");
    static final String MAIN = "consumer.Main";

    private final Path jar;
    private final Path folder;

    ConsumerProject(Path jar, Path folder) {
        this.jar = jar;
        this.folder = folder;
    }

    /** Writes a jar of {@code classes}, with the manifest that the pom asks for. */
    static Path jarOf(Path classes, Path file) {
        tool("jar", "--create", "--file", file.toString(), "-C", classes.toString(), ".");
        return file;
    }

    Outcome onTheClassPath() throws IOException, InterruptedException {
        Path classes = compile("class-path", "-cp", SOURCES.resolve("consumer/Main.java"));
        return java("--enable-native-access=ALL-UNNAMED", "-cp", path(jar, classes), MAIN);
    }

    Outcome onTheModulePath() throws IOException, InterruptedException {
        Path classes = modules();
        return java("--enable-native-access=io.chagres", "-p", path(jar, classes), "-m", "consumer/" + MAIN);
    }

    /** Makes an image of the program with jlink, and runs its launcher. The jlink of this JVM refuses, as the tests patch a module. */
    Outcome inAnImage() throws IOException, InterruptedException {
        Path image = folder.resolve("image");
        run(List.of(
                program("jlink"),
                "-p",
                path(jar, modules()),
                "--add-modules=consumer",
                "--output=" + image,
                "--strip-debug",
                "--no-header-files",
                "--no-man-pages",
                "--launcher=consumer=consumer/" + MAIN,
                "--add-options=--enable-native-access=io.chagres"));
        return ForkedJvm.run(List.of(image.resolve("bin/consumer").toString()));
    }

    /** Returns the modules of the image that {@link #inAnImage} has made. */
    List<String> modulesOfTheImage() throws IOException, InterruptedException {
        String list = run(List.of(folder.resolve("image/bin/java").toString(), "--list-modules"));
        return list.lines().map(line -> line.replaceAll("@.*", "")).sorted().toList();
    }

    /** Trains an AOT cache with one run, and returns the outcome of a second that must use the cache. */
    Outcome withAnAotCache() throws IOException, InterruptedException {
        Path classes = compile("aot", "-cp", SOURCES.resolve("consumer/Main.java"));
        String path = path(jar, jarOf(classes, folder.resolve("program.jar")));
        Path cache = folder.resolve("program.aot");
        String access = "--enable-native-access=ALL-UNNAMED";
        Outcome training = java(access, "-XX:AOTCacheOutput=" + cache, "-cp", path, MAIN);
        assertEquals(0, training.status(), training.output());
        return java(access, "-XX:AOTCache=" + cache, "-XX:AOTMode=on", "-cp", path, MAIN);
    }

    private Path modules() {
        return compile("modules", "-p", SOURCES.resolve("module-info.java"), SOURCES.resolve("consumer/Main.java"));
    }

    private Path compile(String name, String pathOption, Path... sources) {
        Path classes = folder.resolve(name);
        List<String> arguments = new ArrayList<>(List.of("--release", "22", "-Xlint:all", "-Werror", pathOption));
        arguments.addAll(List.of(jar.toString(), "-d", classes.toString()));
        Stream.of(sources).map(Path::toString).forEach(arguments::add);
        tool("javac", arguments.toArray(String[]::new));
        return classes;
    }

    private static String path(Path first, Path second) {
        return first + File.pathSeparator + second;
    }

    private static Outcome java(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(program("java"));
        command.addAll(List.of(arguments));
        return ForkedJvm.run(command);
    }

    private static String program(String name) {
        return Path.of(System.getProperty("java.home"), "bin", name).toString();
    }

    private static String run(List<String> command) throws IOException, InterruptedException {
        Outcome outcome = ForkedJvm.run(command);
        assertEquals(0, outcome.status(), outcome.output());
        return outcome.output();
    }

    private static void tool(String name, String... arguments) {
        StringWriter printed = new StringWriter();
        PrintWriter writer = new PrintWriter(printed);
        int status = ToolProvider.findFirst(name).orElseThrow().run(writer, writer, arguments);
        assertEquals(0, status, () -> name + " " + String.join(" ", arguments) + "\n" + printed);
    }
}
