/**
 * The latency at a fixed rate: an open loop.
 *
 * <p>In a closed loop, a server that pauses for 100 ms delays one message of each connection, and the client sends no
 * others meanwhile: they are missing in its percentiles. This omission is known as coordinated. Here each message has
 * a time at which it is due, whether or not earlier ones have been answered, and its latency counts from then on, so
 * that a pause is in the figures of all messages that it delays.
 *
 * <p>The clients are src/jmh/c/open.c: a program in C has no compiler and no collector beside the server. It spins on
 * the core of the load, and reports the time by which its own sends were late. It counts in an interval each message
 * that was due in it. Such an {@link io.chagres.compare.latency.Interval} also has the CPU time of the server's
 * threads, and {@link io.chagres.compare.latency.JitLog} adds the work of its compilers, so that the warm-up of a JVM
 * can be seen beside the latency that it causes.
 */
package io.chagres.compare.latency;
