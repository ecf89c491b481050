package io.chagres.conformance;

/**
 * One point or upstream test.
 *
 * @param scope what it is about, the main thing first: {@code "stream, tcp"}
 */
record Row(Source source, String name, String scope, String priority, String fact) {
    String id() {
        return source.prefix() + name;
    }

    String mainScope() {
        return scope.split(",")[0];
    }
}
