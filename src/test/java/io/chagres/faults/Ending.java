package io.chagres.faults;

import static io.chagres.faults.Visitor.FINE;

import java.util.function.Consumer;

/** Collects the outcomes of several sides: the first that is not "fine" counts. */
final class Ending {
    private final Consumer<String> receiver;
    private String how = FINE;
    private String report = "";
    private int awaited;

    Ending(Consumer<String> receiver) {
        this.receiver = receiver;
    }

    void await() {
        awaited++;
    }

    /** Notes a report that does not end the exercise. */
    void reported(String what) {
        report = what.isEmpty() ? report : ", reported " + what;
    }

    /** Notes a failure; the awaited sides still arrive. */
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
            receiver.accept(how + report);
        }
    }
}
