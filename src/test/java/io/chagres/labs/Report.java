package io.chagres.labs;

import java.util.ArrayList;
import java.util.List;
import java.util.function.LongPredicate;

/** What a check has expected, in the words that the reader sees. The first fact that is not as expected ends the check. */
final class Report {

    private final List<String> lines = new ArrayList<>();

    /** Compares what happened with what was expected. */
    void expect(String what, Object expected, Object happened) {
        require(what, expected.toString(), happened.toString(), expected.equals(happened));
    }

    /** Compares a count with a limit. */
    void expectCount(String what, String expected, long happened, LongPredicate isRight) {
        require(what, expected, "%,d".formatted(happened), isRight.test(happened));
    }

    private void require(String what, String expected, String happened, boolean isRight) {
        if (!isRight) {
            throw new NotYet(what + "\n  expected: " + oneLine(expected) + "\n  happened: " + oneLine(happened));
        }
        lines.add(what + ": " + oneLine(happened));
    }

    private static String oneLine(String text) {
        return text.replace("\n", "\\n");
    }

    /** Returns the facts that were as expected. */
    List<String> lines() {
        return lines;
    }
}
