package io.chagres.publish;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.Waits;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The project that the section "In a project of your own" of README.md describes: its pom, its program and its commands, and nothing that
 * README.md does not say. The program listens on any free port instead of 9297.
 */
final class ReadmeProject {
    private static final Path PROGRAM = Path.of("src/main/java/Echo.java");

    /** Maven takes a while on a machine that has other work. */
    private static final int LIMIT_SECONDS = 200;

    private final String readme;
    private final Path folder;

    private ReadmeProject(String readme, Path folder) {
        this.readme = readme;
        this.folder = folder;
    }

    /** Reads README.md, and writes the project to {@code folder}. */
    static ReadmeProject read(Path folder) throws IOException {
        ReadmeProject project = new ReadmeProject(Files.readString(Path.of("README.md")), folder);
        project.write(Path.of("pom.xml"), project.block("xml", "<project"));
        project.write(PROGRAM, project.block("java", "public class Echo").replace("9297", "0"));
        return project;
    }

    /** Returns the pom that README.md shows. */
    static String pom() throws IOException {
        return new ReadmeProject(Files.readString(Path.of("README.md")), Path.of("")).block("xml", "<project");
    }

    /** Moves the program to the package org.example of a module. */
    void makeModule() throws IOException {
        String program = "package org.example;\n\n" + Files.readString(folder.resolve(PROGRAM));
        Files.delete(folder.resolve(PROGRAM));
        write(Path.of("src/main/java/org/example/Echo.java"), program);
        write(Path.of("src/main/java/module-info.java"), "module echo {\n    requires io.chagres;\n}\n");
    }

    /** Returns the commands of the section up to the java command that enables native access for {@code target}, which is the last. */
    List<String> commandsFor(String target) {
        String java = "java --enable-native-access=" + target + " ";
        Predicate<String> isPreparation = line -> line.equals("mvn compile") || line.startsWith("jar=");
        return section()
                .lines()
                .filter(line -> line.startsWith("    "))
                .map(String::strip)
                .filter(isPreparation.or(line -> line.startsWith(java)))
                .toList();
    }

    /** Runs the commands until the program listens, and returns its output. */
    String run(List<String> commands) throws IOException, InterruptedException {
        assertTrue(commands.size() == 3, () -> "README.md has other commands: " + commands);
        String maven = System.getProperty("chagres.mvn", "mvn");
        Path compiled = folder.resolve("compiled.txt");
        Process compiler =
                start("mvn() { command " + maven + " --offline --quiet \"$@\"; }\n" + commands.get(0), compiled);
        assertTrue(
                compiler.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS) && compiler.exitValue() == 0, () -> text(compiled));
        Path printed = folder.resolve("printed.txt");
        Process program = start(commands.get(1) + "\nexec " + commands.get(2), printed);
        try {
            Waits.until(
                    "the program listens",
                    () -> !program.isAlive() || text(printed).contains("listening on"));
            return text(printed);
        } finally {
            program.destroy();
            Waits.exit(program);
        }
    }

    private Process start(String script, Path printed) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("sh", "-c", script)
                .directory(folder.toFile())
                .redirectInput(new File("/dev/null"))
                .redirectOutput(printed.toFile())
                .redirectErrorStream(true);
        String home = System.getProperty("java.home");
        builder.environment().put("JAVA_HOME", home);
        builder.environment().merge("PATH", home + "/bin", (path, bin) -> bin + File.pathSeparator + path);
        return builder.start();
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private String section() {
        int start = readme.indexOf("\n## In a project of your own\n");
        assertTrue(start >= 0, "README.md has no section \"In a project of your own\"");
        return readme.substring(start, readme.indexOf("\n## ", start + 1));
    }

    private String block(String language, String opening) {
        Matcher block =
                Pattern.compile("```" + language + "\n(.*?)```", Pattern.DOTALL).matcher(readme);
        return Stream.iterate(block.find(), found -> found, found -> block.find())
                .map(found -> block.group(1))
                .filter(text -> text.contains(opening))
                .findFirst()
                .orElseThrow(() -> new AssertionError("README.md has no block with " + opening));
    }

    private void write(Path file, String text) throws IOException {
        Files.createDirectories(folder.resolve(file).getParent());
        Files.writeString(folder.resolve(file), text);
    }
}
