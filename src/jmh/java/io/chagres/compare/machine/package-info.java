/**
 * Questions to the machine: the cores, the figures of a process, the disturbance by other programs, and tools that
 * tell more (taskset, strace, jcmd).
 *
 * <p>All answers are read from /proc, or printed by those tools. If a tool is missing, its figure is missing.
 */
package io.chagres.compare.machine;
