/**
 * Several loops and one server on them. A {@link io.chagres.loop.Loop} uses one core. A {@link io.chagres.group.LoopGroup} uses as many as
 * it has loops, each on a thread of its own.
 *
 * <pre>
 *                    the sockets that listen, which the group owns
 *                      |             |             |
 *     GroupServer    Server        Server        Server       one for each loop, made by one function
 *                      |             |             |
 *     LoopGroup      loop 0        loop 1        loop 2       one thread each
 * </pre>
 *
 * <p>The rules:
 *
 * <ul>
 *   <li>All or nothing: a start or a listen that fails on one loop leaves nothing behind on the others, and is thrown by the call.
 *   <li>Loops share nothing. What a connection needs is a local variable of the function that makes the server, so there is one of each
 *       for each loop, and no lock. {@link io.chagres.group.LoopGroup#forEach} reaches all of them.
 *   <li>The group owns the sockets that listen. The servers accept from duplicates. So connections that wait in the backlog of a loop that
 *       dies are accepted by the loop that takes its place, and the sockets can be passed on to another process.
 *   <li>A loop that dies is an event of the group: its {@link io.chagres.group.DeathPolicy} says what follows.
 * </ul>
 *
 * <p>Read {@link io.chagres.group.LoopGroup}, {@link io.chagres.group.GroupServer} and {@link io.chagres.group.Sharing}, in this order.
 *
 * @since 0.2.0
 */
@NullMarked
package io.chagres.group;

import org.jspecify.annotations.NullMarked;
