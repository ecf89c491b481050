/**
 * The contestants that are Java programs, each a server in a process of its own.
 *
 * <p>All servers take the same arguments: a port (0 for a free one) and a {@link io.chagres.compare.server.Mode}.
 * They listen on 127.0.0.1 with a backlog of 511 and TCP_NODELAY, print {@code listening PORT} on their standard
 * output and nothing else, and serve until they are killed. They print nothing when a peer closes or resets its
 * connection.
 *
 * <p>Each is written as the documentation of its library recommends, with back-pressure, and with one thread, or
 * as many as the arguments say, if it has a choice. The servers in C are in src/jmh/c, that in Go in src/jmh/go, and that in JavaScript
 * in src/jmh/js.
 */
package io.chagres.compare.server;
