/**
 * Handles: things that live on a loop and call back. What uv_handle_t is, and those kinds of it that are no streams.
 *
 * <table>
 *   <caption>Kinds</caption>
 *   <tr><th>class</th><th>calls back</th><th>phase</th><th>is active</th></tr>
 *   <tr><td>{@link io.chagres.handle.Timer}</td><td>after a time, once or again and again</td><td>timers</td><td>started</td></tr>
 *   <tr><td>{@link io.chagres.handle.Idle}</td><td>in every iteration</td><td>idle</td><td>started</td></tr>
 *   <tr><td>{@link io.chagres.handle.Prepare}</td><td>before polling</td><td>prepare</td><td>started</td></tr>
 *   <tr><td>{@link io.chagres.handle.Check}</td><td>after polling</td><td>check</td><td>started</td></tr>
 *   <tr><td>{@link io.chagres.handle.Async}</td><td>when another thread sends</td><td>poll</td><td>always</td></tr>
 *   <tr><td>{@link io.chagres.handle.Poll}</td><td>when a foreign descriptor is ready</td><td>poll</td><td>started</td></tr>
 *   <tr><td>{@link io.chagres.handle.Signal}</td><td>when the process gets a signal</td><td>poll</td><td>started</td></tr>
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
 * A <em>handle</em> lives until it is closed; a <em>request</em> (a write, a connect, a job) lives until its one callback, and
 * keeps the loop alive that long, whatever the handle's reference says.
 *
 * <p>State first, callback last: a handle is in its final state before it calls back, so that the callback may do anything
 * with it, close it included; and after the callback the handle looks again before it goes on.
 *
 * @see <a href="https://docs.libuv.org/en/v1.x/handle.html">uv_handle_t</a>
 */
package io.chagres.handle;
