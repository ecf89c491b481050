/**
 * Echo servers beside each other: the cost of an event with Chagres and with its peers, on your own machine.
 *
 * <pre>
 *     {@link io.chagres.compare.Compare}                the command line: which contestants, which loads, how long
 *        |
 *     {@link io.chagres.compare.Contest}                the rounds, in turns: A B C, C A B ...
 *        |               |
 *     {@link io.chagres.compare.Contestant}       {@link io.chagres.compare.Load}            a program to start; the work for it
 *        |               |
 *     compare.server, C, Go, JS  compare.traffic     the servers; the clients
 *                 \              /
 *               compare.machine                      cores, CPU time, memory, system calls
 * </pre>
 *
 * <h2>The figure</h2>
 *
 * <p>The figure is the CPU time of the server's process, all its threads and the kernel's work in them, divided by
 * the operations that were answered. It decides how many machines a service needs, and a busy neighbour disturbs it
 * least. Throughput and latency are reported too. On loopback both depend on the client as much as on the server.
 *
 * <p>{@link io.chagres.compare.Latency} is the command line of another measurement: the latency at a fixed rate, from
 * the start of a server on. See {@link io.chagres.compare.latency}. {@link io.chagres.compare.Many} measures idle
 * connections, as many as the machine holds.
 *
 * <h2>Fairness</h2>
 *
 * <p>Each server is a process of its own on a core of its own. The clients are on another core. A server with several
 * loops has a core for each, and shares the last with the clients if there are no more. All contestants of a
 * load are started and warmed up by that load, and measured in many short turns, each time in another order, so that
 * a disturbance of the machine hits all of them.
 *
 * <p>Every figure is the median of the rounds. The ratio is the median of the ratios within a round. The raw rounds
 * are in the JSON file, with the time that the hypervisor and other programs took. If the rounds lie far apart, the
 * table says so. If a contestant cannot run, the output names it with the reason, and the others continue.
 */
package io.chagres.compare;
