package io.chagres.conformance;

import static java.util.stream.Collectors.toMap;
import static java.util.stream.Collectors.toSet;

import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedSet;
import java.util.function.Function;
import java.util.stream.Stream;

/** Rows, decisions and tests, joined. */
final class Conformance {
    private final List<Row> rows = Tables.rows();
    private final Map<String, Decision> decisions =
            Tables.decisions().stream().collect(toMap(Decision::id, Function.identity()));
    private final Coverage coverage = Coverage.ofCompiledTests();

    List<Row> rows(Source source) {
        return rows.stream().filter(row -> row.source() == source).toList();
    }

    SortedSet<String> testsOf(Row row) {
        return coverage.testsOf(row);
    }

    String reason(Row row) {
        return decisions.get(row.id()).reason();
    }

    boolean isCovered(Row row) {
        return !testsOf(row).isEmpty();
    }

    boolean doesNotApply(Row row) {
        return isDecided(row, Decision.Kind.NOT_APPLICABLE);
    }

    boolean differs(Row row) {
        return isDecided(row, Decision.Kind.DIFFERS);
    }

    boolean isOpen(Row row) {
        return !isCovered(row) && !decisions.containsKey(row.id());
    }

    private boolean isDecided(Row row, Decision.Kind kind) {
        Decision decision = decisions.get(row.id());
        return decision != null && decision.kind() == kind;
    }

    /** The mistakes in the tables and the annotations, one sentence each. */
    List<String> faults() {
        return Stream.of(
                        unknownRowsInTests(),
                        unknownRowsInDecisions(),
                        coveredThoughNotApplicable(),
                        coverage.faults().stream())
                .flatMap(Function.identity())
                .sorted()
                .toList();
    }

    private Stream<String> unknownRowsInTests() {
        Set<String> known = ids();
        return coverage.testsById().entrySet().stream()
                .filter(entry -> !known.contains(entry.getKey()))
                .map(entry -> entry.getKey() + " is no row, but is named by @Covers of "
                        + String.join(", ", entry.getValue()));
    }

    private Stream<String> unknownRowsInDecisions() {
        Set<String> known = ids();
        return decisions.keySet().stream()
                .filter(id -> !known.contains(id))
                .map(id -> id + " is no row, but is named in decisions.tsv");
    }

    private Stream<String> coveredThoughNotApplicable() {
        return rows.stream()
                .filter(row -> doesNotApply(row) && isCovered(row))
                .map(row -> row.id() + " does not apply, says decisions.tsv, but is covered by "
                        + String.join(", ", testsOf(row)));
    }

    private Set<String> ids() {
        return rows.stream().map(Row::id).collect(toSet());
    }
}
