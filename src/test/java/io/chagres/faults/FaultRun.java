package io.chagres.faults;

import io.chagres.sys.Faults;
import io.chagres.sys.Sockets;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Tries every failure of the table in this JVM, and prints a line for each: its name, a tab, and the complaints.
 *
 * <p>The first line has the names of all functions that sys links. With an argument it tries only the failures whose
 * name begins with it.
 */
final class FaultRun {

    static final String LINKED = "linked";

    private FaultRun() {}

    public static void main(String[] args) throws Exception {
        Faults.install();
        linkAll();
        System.out.println(LINKED + "\t" + String.join(" ", Faults.linked()));
        World.warmUp();
        for (FaultCase fault : FaultTable.cases()) {
            if (args.length == 0 || fault.name().startsWith(args[0])) {
                List<String> complaints = World.complaints(fault);
                System.out.println(fault.name() + "\t" + String.join("; ", complaints));
            }
        }
    }

    /** Initializes every class of sys, including those that are initialized at their first use. */
    private static void linkAll() throws IOException, ClassNotFoundException {
        URI file = URI.create(Sockets.class.getResource("Sockets.class").toString());
        try (Stream<Path> classes = Files.list(Path.of(file).getParent())) {
            for (String name :
                    classes.map(path -> path.getFileName().toString()).toList()) {
                if (name.endsWith(".class") && !name.startsWith("package-info")) {
                    Class.forName(Sockets.class.getPackageName() + "." + name.replace(".class", ""));
                }
            }
        }
    }
}
