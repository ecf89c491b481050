/**
 * Which point of the chapter, which test of libuv and which test of Node is answered here, and by what.
 *
 * <p>The rows are tables in {@code src/test/resources/conformance}: one file per {@link io.chagres.conformance.Source}, and
 * {@code decisions.tsv} for the rows that do not apply here or are meant to differ, each with its reason. A test names the
 * rows it answers with {@link io.chagres.conformance.Covers}. {@link io.chagres.conformance.ConformanceReport} joins the two
 * into CONFORMANCE.md, and {@link io.chagres.conformance.ConformanceTest} fails while that file is out of date.
 */
package io.chagres.conformance;
