package io.chagres.house;

import static org.junit.jupiter.api.Assertions.fail;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Path;
import java.util.spi.ToolProvider;

/** The compiler of the running JDK, which uses the compiled module like a program of a reader. */
final class Javac {
    private static final ToolProvider JAVAC = ToolProvider.findFirst("javac").orElseThrow();

    private Javac() {}

    static void assertCompiles(Path file, Path output) {
        StringWriter errors = new StringWriter();
        PrintWriter writer = new PrintWriter(errors);
        int status = JAVAC.run(
                writer,
                writer,
                "--release",
                "22",
                "-proc:none",
                "-nowarn",
                "-cp",
                "target/classes",
                "-d",
                output.toString(),
                file.toString());
        if (status != 0) {
            fail(errors.toString());
        }
    }
}
