/**
 * The load: clients on the JDK's own selector, on one thread, which do not use Chagres. Those of TLS are a program in C.
 *
 * <p>All loads are closed loops: a client sends its next message when it has an answer, so that a slow server gets
 * fewer messages, and no queue grows. Latency is measured from a send to the read that completes its answer. It is
 * the time of a message under this load, and differs from the time under a given rate.
 */
package io.chagres.compare.traffic;
