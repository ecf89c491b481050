/**
 * What is asked of the machine: which cores there are, what a process has used, how much somebody else disturbed, and the tools
 * that tell more (taskset, strace, jcmd). All of it is read from /proc, or printed by those tools; where one is missing, its
 * figure is missing.
 */
package io.chagres.compare.machine;
