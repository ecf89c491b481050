/**
 * The list of the points of the chapter and of the tests of libuv and Node, with the tests here that cover them.
 *
 * <p>The rows are tables in {@code src/test/resources/conformance}: one file per {@link io.chagres.conformance.Source}, and
 * {@code decisions.tsv} for the rows that do not apply here or differ on purpose, each with its reason. A test names the
 * rows it covers with {@link io.chagres.conformance.Covers}. {@link io.chagres.conformance.ConformanceReport} joins tables and tests
 * into docs/CONFORMANCE.md, and {@link io.chagres.conformance.ConformanceTest} fails while that file is out of date.
 */
package io.chagres.conformance;
