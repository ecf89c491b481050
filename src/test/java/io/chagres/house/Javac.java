package io.chagres.house;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;

/** The compiler of the running JDK, which uses the compiled module like a program of a reader. */
final class Javac {
    private static final ToolProvider JAVAC = ToolProvider.findFirst("javac").orElseThrow();

    private Javac() {}

    static void assertCompiles(Path file, Path output) {
        compile("-nowarn", "-cp", "target/classes", "-d", output.toString(), file.toString());
    }

    /** The compiler must not even warn. The library is the only jar, on the class path or on the module path. */
    static void assertCompilesSilently(String pathOption, Path output, Path... files) {
        List<String> arguments = new ArrayList<>(
                List.of("-Xlint:all", "-Werror", pathOption, "target/classes", "-d", output.toString()));
        Stream.of(files).map(Path::toString).forEach(arguments::add);
        compile(arguments.toArray(String[]::new));
    }

    private static void compile(String... arguments) {
        StringWriter errors = new StringWriter();
        PrintWriter writer = new PrintWriter(errors);
        Stream<String> all = Stream.concat(Stream.of("--release", "22", "-proc:none"), Stream.of(arguments));
        int status = JAVAC.run(writer, writer, all.toArray(String[]::new));
        if (status != 0) {
            fail(errors.toString());
        }
    }
}
