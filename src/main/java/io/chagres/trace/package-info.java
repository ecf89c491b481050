/**
 * Traces: every system call that the library makes, in the format of strace(1), with the loop, its turn and its phase.
 *
 * <pre>{@code
 *   sys:   a C function returns
 *             |   its handle has a wrapper only while a trace is running
 *          Tracing            decodes the call, finds its owner and its place
 *             |
 *          your consumer      gets a SystemCall, a CallbackRun or a Note, on the thread that made the call
 * }</pre>
 *
 * <p>Read {@link io.chagres.trace.Trace} first, then {@link io.chagres.trace.TraceEvent} and {@link io.chagres.trace.TraceOptions}.
 *
 * <h2>Without a line of code</h2>
 *
 * <p>The property {@code chagres.trace} starts a trace before the first loop is made:
 *
 * <ul>
 * <li>{@code -Dchagres.trace=stderr} or {@code stdout} prints one line for each call.
 * <li>{@code -Dchagres.trace=server.trace} writes the lines to a file.
 * <li>{@code -Dchagres.trace=server.html}, {@code server.json}, {@code server.mmd} write a picture when the JVM ends: a page that plays the
 *     run step by step, a trace for Perfetto, a sequence diagram in Mermaid. See {@link io.chagres.trace.Recording}.
 * <li>{@code -Dchagres.trace.sources=examples} names the folder of the Java files whose lines the page shows. Several are separated by
 *     colons.
 * <li>{@code -Dchagres.trace.categories=net,epoll,data,time} selects the lines. The first three are the categories of {@link
 *     io.chagres.trace.Category}. {@code time} adds the time of day in front of each line and the duration at its end. All by default.
 * </ul>
 *
 * <pre>{@code
 * 14:02:11.301877 [main] bind(6, {sa_family=AF_INET, sin_port=htons(9297), sin_addr=inet_addr("127.0.0.1")}, 16) = 0 <0.000009>
 * 14:02:14.512044 [main 2 poll server:9297] accept4(6, {sa_family=AF_INET, ...}, [128 => 16], SOCK_CLOEXEC|SOCK_NONBLOCK) = 7 <0.000012>
 * }</pre>
 *
 * <p>A value that cannot be used is reported on standard error, and the program runs without a trace.
 *
 * @since 0.2.0
 */
@NullMarked
package io.chagres.trace;

import org.jspecify.annotations.NullMarked;
