package io.chagres.trace;

/**
 * The place of an event: a thread, and the loop that it runs.
 *
 * @param thread the name of the thread, which is the name of a loop, too
 * @param turn the number of the loop's iteration, from 1; 0 on a thread that runs no loop
 * @param phase the phase of the iteration: pending, idle, prepare, poll, check, closing or timers; empty outside of an iteration
 * @param line the line of the program that led to it, such as {@code EchoServer.java:38}; empty if the library did it by itself
 */
public record Place(String thread, long turn, String phase, String line) {}
