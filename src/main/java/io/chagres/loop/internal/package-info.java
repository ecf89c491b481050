/**
 * The mechanisms of the loop, for the floors above it: watchers, timers, phases, queues, the mailbox and the worker pools. The
 * package is not exported. It knows nothing of handles.
 *
 * <p>{@link io.chagres.loop.internal.LoopCore} is the door. A handle takes what it needs from there:
 *
 * <pre>
 *     a descriptor             a {@link io.chagres.loop.internal.Watcher}
 *     a time                   a {@link io.chagres.loop.internal.TimerEntry} in {@link io.chagres.loop.internal.Timers}
 *     every iteration          a {@link io.chagres.loop.internal.PhaseEntry} in a list of {@link io.chagres.loop.internal.Phases}
 *     another thread           a {@link io.chagres.loop.internal.Task} for {@link io.chagres.loop.internal.LoopCore#post}
 *     work that blocks         a job for the {@link io.chagres.loop.internal.WorkerPool}
 *     a completion             {@link io.chagres.loop.internal.LoopCore#pend}
 *     its own end              a place in the {@link io.chagres.loop.internal.Residents} and the {@link io.chagres.loop.internal.ClosingList}
 * </pre>
 *
 * <h2>Interest in a descriptor</h2>
 *
 * Interest is kept in the watcher. epoll(7) receives it right before the wait, as differences only: an event that is switched off and on
 * again within an iteration costs no system call. An event carries the number of the descriptor and the generation of its watcher. So
 * an event that was fetched before its descriptor was closed, and its number given to another, matches no watcher and is dropped.
 *
 * <h2>Errors in the middle</h2>
 *
 * An Error (no memory, no thread, a full stack) can come out of any allocation and any call. So the rule for everything that
 * takes more than one step: <em>what it needs in order to finish is there before it begins, and an Error in the middle leaves
 * nothing half done.</em> Either the call throws and nothing has changed, or the request gets its answer. In detail:
 *
 * <ul>
 *   <li>Memory first: a table grows before an entry is made, an object is made before a state changes. Links are fields of the
 *       members (closing handles, due timers, tasks, jobs), so that moving them needs no memory. If a completion is
 *       queued after a change of state, {@link io.chagres.loop.internal.LoopCore#reservePend} comes before it.
 *   <li>A sender makes sure of the stack that a wake-up takes before it leaves its task. The wake-up itself uses memory of
 *       the loop, none of the thread. A wake-up that has failed is owed by the next sender.
 *   <li>A thread is started before anything is queued for it. {@link io.chagres.loop.internal.WorkerPool} throws only if no thread is
 *       left that could do the job.
 *   <li>A thread that owes the loop an answer tries until it can post it.
 *   <li>User code that throws an Error is treated like user code that throws an exception: the state is repaired first.
 *   <li>{@link io.chagres.loop.Loop#close} needs no memory for its own steps, and frees the descriptors whatever is thrown.
 * </ul>
 *
 * Native memory of a loop is given back when it is closed, that of a call when it returns; neither waits for a garbage
 * collection.
 *
 * <h2>Where to begin</h2>
 *
 * {@link io.chagres.loop.internal.Poller}, {@link io.chagres.loop.internal.Mailbox} and {@link io.chagres.loop.internal.Timers}.
 */
@NullMarked
package io.chagres.loop.internal;

import org.jspecify.annotations.NullMarked;
