package io.chagres.faults;

import io.chagres.sys.Faults;
import java.util.List;

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
        Faults.linkAll();
        System.out.println(LINKED + "\t" + String.join(" ", Faults.linked()));
        World.warmUp();
        for (FaultCase fault : FaultTable.cases()) {
            if (args.length == 0 || fault.name().startsWith(args[0])) {
                List<String> complaints = World.complaints(fault);
                System.out.println(fault.name() + "\t" + String.join("; ", complaints));
            }
        }
    }
}
