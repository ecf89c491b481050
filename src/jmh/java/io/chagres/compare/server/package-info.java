/**
 * The contestants that are Java programs, each a server of its own process.
 *
 * <p>They all take the same arguments, a port (0 for a free one) and a {@link io.chagres.compare.server.Mode}, listen on
 * 127.0.0.1 with a backlog of 511 and TCP_NODELAY, print {@code listening PORT} on their standard output, say nothing else, and
 * serve until they are killed. A peer that goes, with a reset too, is no event worth a word. Each is written as that library's
 * own documentation does it, with back-pressure, and with one thread where it has a choice. The same in C is in src/jmh/c, in
 * JavaScript in src/jmh/js.
 */
package io.chagres.compare.server;
