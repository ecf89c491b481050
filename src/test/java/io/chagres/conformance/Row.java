package io.chagres.conformance;

/**
 * One point or upstream test.
 *
 * @param scope the subjects, the main one first: {@code "stream, tcp"}
 */
record Row(Source source, String name, String scope, String priority, String fact) {
    String id() {
        return source.prefix() + name;
    }

    String mainScope() {
        return scope.split(",")[0];
    }
}
