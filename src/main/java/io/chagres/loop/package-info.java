/**
 * The loop: phases, the poller, timers, the wake-up, ticks, and the worker pool. What uv_loop_t is.
 *
 * <h2>One iteration</h2>
 *
 * <pre>
 *      +-> pending     completions that are known already, but must not run inside the call that asked for them
 *      |   idle        runs in every iteration, and keeps the loop from waiting
 *      |   prepare     runs right before polling
 *      |   poll        waits for descriptors, and for tasks of other threads; most callbacks come from here
 *      |   pending     again, at most eight rounds: what the poll phase completed is told in the same iteration
 *      |   check       runs right after polling
 *      |   closing     the last callbacks of handles that were closed, last closed first
 *      +-- timers      those that are due
 * </pre>
 *
 * {@link io.chagres.loop.Loop#run()} goes around as long as the loop is <em>alive</em>: a handle is active and referenced, a
 * request is under way, a completion, a close callback, a task or a tick is due. It runs the due timers once more before
 * its first iteration. {@link io.chagres.loop.RunMode} tells the other ways to run, and
 * {@link io.chagres.loop.Loop#stop()} ends each of them after the iteration.
 *
 * <p>The poll phase waits until the next timer is due; not at all while an idle entry is started, a completion or a close
 * callback is due, or nothing keeps the loop alive; and without limit where there is no timer.
 *
 * <h2>Rules</h2>
 *
 * <ul>
 *   <li>A loop belongs to one platform thread. {@link io.chagres.loop.Loop#execute} is for the others: a task costs at most one
 *       write to an eventfd, and none where the loop is awake.
 *   <li>After each callback, and before the next, the ticks run that it queued ({@link io.chagres.loop.Loop#nextTick}). The
 *       order of Node's events rests on this.
 *   <li>There are two clocks. The <em>cached time</em> ({@link io.chagres.loop.Loop#now()}) is taken when run begins, after each
 *       wait and before the timers run; all callbacks of a phase see the same. A {@link io.chagres.handle.Timer} counts from it
 *       while the loop runs; started outside of run, from the clock. A timer never fires early.
 *   <li>Whatever measures activity or grants time to others looks at the clock itself when it begins and when it is refreshed
 *       ({@link io.chagres.loop.LoopCore#clockNanos()}, {@link io.chagres.loop.Timers#startByClock}): the idle timeout of a
 *       socket, an attempt to connect, the grace of a server that closes. The cached time may be older than the whole time
 *       that is granted, if a callback works for long.
 *   <li>What a callback throws goes to {@link io.chagres.loop.Loop#onUncaught}; where nobody is there, the iteration is
 *       completed, and run throws it. The loop is intact after that.
 *   <li>The stack is bounded: no peer, no resolver and no number of listeners decides how deep it becomes ({@link
 *   io.chagres.loop.Nesting}).
 *   <li>A protocol takes what it needs in order to finish before it begins; see below.
 *   <li>Every turn is bounded: a batch of events, the rounds of completions, the timers that were due when the phase began.
 * </ul>
 *
 * <h2>Errors in the middle</h2>
 *
 * An Error (no memory, no thread, a full stack) can come out of any allocation and any call. So the rule for everything that
 * takes more than one step: <em>what it needs in order to finish is there before it begins, and an Error in the middle leaves
 * nothing half done.</em> Either the call throws and nothing has changed, or the request gets its answer. In detail:
 *
 * <ul>
 *   <li>Memory first: a table grows before an entry is made, an object is made before a state changes. Links sit in the members
 *       themselves (closing handles, due timers, tasks, jobs), so that moving them on needs no memory. Where a completion is
 *       queued after a change of state, {@link io.chagres.loop.LoopCore#reservePend} comes before it.
 *   <li>A sender makes sure of the stack that a wake-up takes before it leaves its task. The wake-up itself uses memory of
 *       the loop, none of the thread's. A wake-up that has failed is owed by the next sender.
 *   <li>A thread is started before anything is queued for it. {@link io.chagres.loop.WorkerPool} refuses a job only where no
 *       thread is left that could do it.
 *   <li>A thread that owes the loop an answer tries until it can post it.
 *   <li>User code that throws an Error is treated like user code that throws an exception: the state is repaired first.
 *   <li>{@link io.chagres.loop.Loop#close} needs no memory for its own steps, and frees the descriptors whatever is thrown.
 * </ul>
 *
 * Native memory of a loop is given back when it is closed, that of a call when it returns; neither waits for a garbage
 * collection.
 *
 * <h2>Waiting</h2>
 *
 * No call waits for its own thread. {@link io.chagres.loop.LoopThread#close} and {@link io.chagres.loop.LoopThread#drain} wait for
 * a loop thread; they return at once on that thread and in Work of that loop, and refuse with EDEADLK in a shutdown hook that
 * the loop itself waits for. {@link io.chagres.loop.Loop#close} belongs on the loop thread, outside of callbacks (EBUSY), and
 * waits for running Work. Reading an {@code InputStream} of a socket waits for the loop, and is refused on its thread.
 *
 * <h2>What is here</h2>
 *
 * For programs: {@link io.chagres.loop.Loop}, {@link io.chagres.loop.LoopThread}, {@link io.chagres.loop.LoopMetrics}, the
 * exceptions. For those who write handles: {@link io.chagres.loop.LoopCore}, and what it gives out: {@link
 * io.chagres.loop.Watcher} for a descriptor,
 * {@link io.chagres.loop.TimerEntry}, {@link io.chagres.loop.PhaseEntry}, {@link io.chagres.loop.Task},
 * {@link io.chagres.loop.WorkerPool}. The loop knows these mechanisms and nothing of handles.
 *
 * <p>Interest in a descriptor is kept in its watcher and told to epoll(7) right before the wait, as differences only: what
 * is switched off and on again within an iteration costs no system call. An event carries the number of the descriptor
 * and the generation of its watcher, so that one that was fetched before its descriptor was closed, and its number given to
 * another, reaches nobody.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/design.html">libuv: design overview</a>
 */
package io.chagres.loop;
