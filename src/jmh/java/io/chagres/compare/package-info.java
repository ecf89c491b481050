/**
 * Echo servers beside each other: what an event costs with Chagres, and what it costs with its peers, on your own machine.
 *
 * <pre>
 *     {@link io.chagres.compare.Compare}                the command line: which contestants, which loads, how long
 *        |
 *     {@link io.chagres.compare.Contest}                the rounds, in turns: A B C, C A B ...
 *        |               |
 *     {@link io.chagres.compare.Contestant}       {@link io.chagres.compare.Load}            a program to start; something to do to it
 *        |               |
 *     compare.server, C, JS      compare.traffic     the servers; the clients
 *                 \              /
 *               compare.machine                      cores, CPU time, memory, system calls
 * </pre>
 *
 * <h2>What is measured</h2>
 *
 * The CPU time of the server's process, all its threads and the kernel's work in them, divided by the operations that came back:
 * that is the figure which decides how many machines a service needs, and the one that a busy neighbour disturbs least.
 * Throughput and latency stand beside it; on loopback both speak of the client as much as of the server.
 *
 * <h2>How it is kept fair</h2>
 *
 * Each server is a process of its own on a core of its own, the clients are on another. All contestants of a load are started,
 * warmed up by that very load, and measured in many short turns, each time in another order, so that what the machine does
 * meanwhile befalls all of them. Every figure is the median of the rounds, and the ratio that of the ratios within a round; the raw
 * rounds are in the JSON file, with what the hypervisor stole and what others ran. Where they lie far apart the table says so.
 * What cannot run is named, with the reason, and stops nobody.
 */
package io.chagres.compare;
