package io.chagres.faults;

import static io.chagres.faults.Visitor.FINE;

import java.util.function.Consumer;

/** Collects what several have to say: the first that is not "fine" counts. */
final class Ending {
    private final Consumer<String> told;
    private String how = FINE;
    private String report = "";
    private int awaited;

    Ending(Consumer<String> told) {
        this.told = told;
    }

    void await() {
        awaited++;
    }

    /** Something was not as wished, and it went on all the same. */
    void reported(String what) {
        report = what.isEmpty() ? report : ", reported " + what;
    }

    /** Something went wrong; those that are awaited still come. */
    void failed(String reason) {
        if (how.equals(FINE) || how.equals(Visitor.DROPPED)) {
            how = reason;
        }
    }

    void arrived(String outcome) {
        if (how.equals(FINE)) {
            how = outcome;
        }
        if (--awaited == 0) {
            told.accept(how + report);
        }
    }
}
