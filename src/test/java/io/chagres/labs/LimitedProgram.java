package io.chagres.labs;

import io.chagres.loop.Loop;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** The program of lab 7 in a process that may open a few descriptors only. Prints how many attempts were refused, or the error. */
final class LimitedProgram {

    static final int MAX_DESCRIPTORS = 64;

    private LimitedProgram() {}

    /** The arguments are the folder of the compiled lab, the port, and the number of attempts. */
    public static void main(String[] args) throws IOException {
        Processes.haltAfter(Lab.MAX_SECONDS);
        loadClasses();
        try (Lab lab = Lab.open(7, Path.of(args[0]))) {
            Object refused = lab.start("probe", Integer.parseInt(args[1]), Integer.parseInt(args[2]))
                    .end();
            System.out.println(refused + " refused");
        } catch (NotYet | InterruptedException e) {
            System.out.println(e.getMessage());
        }
    }

    /** A JVM without descriptors can load no class. So the classes that report the error are loaded before. */
    private static void loadClasses() throws IOException {
        Path root = Path.of(
                Loop.class.getProtectionDomain().getCodeSource().getLocation().getPath());
        List<Path> files;
        try (Stream<Path> walk = Files.walk(root)) {
            files = walk.filter(file -> file.toString().endsWith(".class")).toList();
        }
        for (Path file : files) {
            String name = root.relativize(file).toString().replace('/', '.').replaceFirst("\\.class$", "");
            try {
                Class.forName(name, false, LimitedProgram.class.getClassLoader());
            } catch (ClassNotFoundException | LinkageError e) {
                // module-info, or a class that needs an optional module
            }
        }
        new NotYet("", new IOException());
    }
}
