/**
 * The event loop: what a program needs of it. The counterpart of uv_loop_t.
 *
 * <p>A {@link io.chagres.loop.Loop} waits for descriptors, timers and tasks of other threads, and calls back. {@link
 * io.chagres.loop.Loop#run()} runs it on the calling thread; a {@link io.chagres.loop.LoopThread} runs it on a thread of its own.
 * Handles, sockets and streams live on a loop.
 *
 * <h2>One iteration</h2>
 *
 * <pre>
 *      +-> pending     completions that are known already, but must not run inside the call that asked for them
 *      |   idle        runs in every iteration, and keeps the loop from waiting
 *      |   prepare     runs right before polling
 *      |   poll        waits for descriptors, and for tasks of other threads; most callbacks come from here
 *      |   pending     again, at most eight rounds: what the poll phase completed is delivered in the same iteration
 *      |   check       runs right after polling
 *      |   closing     the last callbacks of handles that were closed, last closed first
 *      +-- timers      those that are due
 * </pre>
 *
 * {@link io.chagres.loop.Loop#run()} iterates while the loop is <em>alive</em>: while a handle is active and referenced, a request is
 * pending, or a completion, a close callback, a task or a tick is due. It runs the due timers once more before its first iteration.
 * {@link io.chagres.loop.RunMode} lists the other ways to run. {@link io.chagres.loop.Loop#stop()} ends each of them after the
 * iteration.
 *
 * <p>The poll phase waits until the next timer is due. It does not wait while an idle entry is started, a completion or a close
 * callback is due, or nothing keeps the loop alive. If there is no timer, it waits without limit.
 *
 * <h2>Rules</h2>
 *
 * <ul>
 *   <li>A loop belongs to one platform thread. Other threads use {@link io.chagres.loop.Loop#execute}: a task costs at most one
 *       write to an eventfd, and none if the loop is awake. A loop whose thread has ended can be {@linkplain
 *       io.chagres.loop.Loop#takeOver() taken over}.
 *   <li>After each callback, and before the next, the ticks run that it queued ({@link io.chagres.loop.Loop#nextTick}). The
 *       order of Node's events rests on this.
 *   <li>There are two clocks. The <em>cached time</em> ({@link io.chagres.loop.Loop#now()}) is read when run begins, after each
 *       wait and before the timers run; all callbacks of a phase see the same. A {@link io.chagres.handle.Timer} counts from it
 *       while the loop runs, and from the clock if it is started outside of run. A timer never fires early.
 *   <li>What measures activity or grants time to a peer reads the clock itself when it begins and when it is refreshed: the idle
 *       timeout of a socket, an attempt to connect, the grace of a server that closes. The cached time may be older than the whole
 *       time that is granted, if a callback works for long.
 *   <li>What a callback throws goes to the {@linkplain io.chagres.loop.Loop#setUncaughtHandler uncaught handler}. If there is none,
 *       the iteration is completed, and run throws it. The loop is intact after that.
 *   <li>The stack is bounded: no peer, no resolver and no number of listeners decides how deep it becomes.
 *   <li>Every turn is bounded: a batch of events, the rounds of completions, the timers that were due when the phase began.
 * </ul>
 *
 * <h2>Waiting</h2>
 *
 * No call waits for the thread that it is made on. {@link io.chagres.loop.LoopThread#close} and {@link
 * io.chagres.loop.LoopThread#drain} wait for a loop thread. They return at once on that thread and in Work of that loop, and throw
 * EDEADLK in a shutdown hook that the loop itself waits for. {@link io.chagres.loop.Loop#close} is called on the loop thread, outside of
 * callbacks (EBUSY), and waits for running Work. Reading an {@code InputStream} of a socket waits for the loop, and is refused on the
 * thread of that loop.
 *
 * <h2>Where to begin</h2>
 *
 * {@code Loop.turn} is the drawing above in Java. The mechanisms that it calls are in {@code io.chagres.loop.internal}, which is not
 * exported: its chapter says how an Error in the middle is survived.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/design.html">libuv: design overview</a>
 * @since 0.1.0
 */
@NullMarked
package io.chagres.loop;

import org.jspecify.annotations.NullMarked;
