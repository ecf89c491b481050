/**
 * Handles: objects that live on a loop and call back. The counterpart of uv_handle_t and of its kinds that are not streams.
 *
 * <table>
 *   <caption>Kinds</caption>
 *   <tr><th>class</th><th>calls back</th><th>phase</th><th>is active</th></tr>
 *   <tr><td>{@link io.chagres.handle.Timer}</td><td>after a timeout, once or repeatedly</td><td>timers</td><td>started</td></tr>
 *   <tr><td>{@link io.chagres.handle.Idle}</td><td>in every iteration</td><td>idle</td><td>started</td></tr>
 *   <tr><td>{@link io.chagres.handle.Prepare}</td><td>before polling</td><td>prepare</td><td>started</td></tr>
 *   <tr><td>{@link io.chagres.handle.Check}</td><td>after polling</td><td>check</td><td>started</td></tr>
 *   <tr><td>{@link io.chagres.handle.Async}</td><td>when another thread sends</td><td>poll</td><td>always</td></tr>
 *   <tr><td>{@link io.chagres.handle.Poll}</td><td>when a descriptor of other code is ready</td><td>poll</td><td>started</td></tr>
 *   <tr><td>{@link io.chagres.handle.Signal}</td><td>when the process receives a signal</td><td>poll</td><td>started</td></tr>
 *   <tr><td>{@link io.chagres.handle.Work}</td><td>when a worker thread has done a job</td><td>poll</td><td>a request</td></tr>
 * </table>
 *
 * <h2>Life of a handle</h2>
 *
 * <pre>
 *     new ----> inactive &lt;----> active          it counts for the loop while it is active and referenced
 *                  |               |
 *                  +---- close() --+---> closing ----> closed
 *                                  at once it is          from the closing phase: its requests get ECANCELED,
 *                                  inactive, its          then its close callback, the last it makes
 *                                  descriptor closed
 * </pre>
 *
 * A <em>handle</em> lives until it is closed. A <em>request</em> (a write, a connect, a job) lives until its one callback. It keeps the
 * loop alive until then, also if its handle is unreferenced.
 *
 * <p>State first, callback last: a handle changes its state before it calls back. So the callback may do anything with the handle, and
 * may also close it. After the callback, the handle checks its state before it continues.
 *
 * <h2>Threads for what blocks</h2>
 *
 * <p>No callback may block. {@link io.chagres.handle.Work} runs a job that would on a thread of a pool, and calls back on the loop thread.
 * There are two pools in a process, which all loops share: the workers, and threads that are kept for lookups.
 *
 * <pre>
 *     Work.submit, submitSlow   ---&gt;  queue, up to 100,000 jobs    ---&gt;  up to 4 threads, half of them for slow jobs
 *     Work.submitLookup, Lookup ---&gt;  queue, up to 10,000 lookups  ---&gt;  up to 4 threads
 * </pre>
 *
 * <p>If a queue is full, the job is refused, and its callback gets the error. {@link io.chagres.handle.Work#metrics()} and {@link
 * io.chagres.address.Lookup#metrics()} count threads, jobs that wait and jobs that were refused.
 *
 * <h2>Where to begin</h2>
 *
 * {@link io.chagres.handle.Handle}, {@link io.chagres.handle.Timer} and {@link io.chagres.handle.Async}.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/handle.html">uv_handle_t</a>
 * @since 0.1.0
 */
@NullMarked
package io.chagres.handle;

import org.jspecify.annotations.NullMarked;
