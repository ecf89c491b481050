/**
 * The load: clients on the JDK's own selector, on one thread, which know nothing of Chagres.
 *
 * <p>All loads are closed loops: a client sends its next message when it has an answer, so that a slow server gets fewer of
 * them, and no queue grows. Latency is measured from a send to the read that completes its answer; it says how long a
 * message takes under this load, and not what it would be under a given rate.
 */
package io.chagres.compare.traffic;
