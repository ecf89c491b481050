package io.chagres.faults;

import io.chagres.sys.Faults;
import java.util.List;

/** Tries every failure of the table in this JVM, and prints a line for each: its name, a tab, and what is wrong. */
final class FaultRun {

    private FaultRun() {
    }

    public static void main(String[] args) {
        Faults.install();
        World.warmUp();
        for (FaultCase fault : FaultTable.cases()) {
            if (args.length == 0 || fault.name().startsWith(args[0])) {
                List<String> complaints = World.complaints(fault);
                System.out.println(fault.name() + "\t" + String.join("; ", complaints));
            }
        }
    }
}
