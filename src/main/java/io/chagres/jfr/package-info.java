/**
 * The events of Chagres for JDK Flight Recorder. Not exported: a program sees them in a recording, under names such as {@code
 * io.chagres.ConnectionClosed}.
 *
 * <h2>Rules</h2>
 *
 * <ul>
 *   <li>{@link io.chagres.jfr.Flight} is the door. The floors above call its static methods and never mention {@code jdk.jfr}.
 *   <li>The module {@code jdk.jfr} may be missing. The door decides once, and loads no class of an event then.
 *   <li>A program without a recording does not initialise JFR: its first event class would cost 200 ms. The door only asks
 *       {@code FlightRecorder.isInitialized()}, once in an iteration, and stays closed until the answer is yes.
 *   <li>An event has no payload of the user's. An address and its port are two fields.
 * </ul>
 *
 * <pre>
 *   net, stream, socket, address, handle, loop
 *          |  Flight.isOn()           a plain read: false until JFR runs
 *          v
 *        Flight  --record()--&gt;  LoopTurnEvent, ConnectionClosedEvent ...
 *          |  look()                  once in an iteration
 *          v
 *   jdk.jfr.FlightRecorder
 * </pre>
 *
 * <p>docs/flight-recorder.md shows how to read the events.
 */
@NullMarked
package io.chagres.jfr;

import org.jspecify.annotations.NullMarked;
