package io.chagres.jfr;

import java.util.function.Function;
import jdk.jfr.Event;
import jdk.jfr.FlightRecorder;
import org.jspecify.annotations.Nullable;

/**
 * The door to JDK Flight Recorder. Its methods do nothing until JFR runs in this process, and also then only what a recording wants.
 *
 * <p>A caller asks {@link #isOn()} before it computes an argument. An event that lasts is an opaque object between its begin and its
 * end: null if no recording wants it.
 *
 * <pre>{@code
 * if (Flight.isOn()) {
 *     Flight.connectionOpened(handle.fd(), "client", new SocketEnds(handle));
 * }
 * }</pre>
 */
public final class Flight {

    /** The end of a connection: its counters, why it ended, and by which side. */
    public record Closing(
            long bytesRead, long bytesWritten, long unsentBytes, long lifetimeNanos, String reason, String endedBy) {}

    /** The state of an open connection. A number is -1 if it is unknown. */
    public record OpenState(
            @Nullable String state,
            long ageNanos,
            boolean reading,
            long bytesReceived,
            long bytesAcknowledged,
            long unsentBytes,
            long sinceReceivedNanos,
            long sinceSentNanos) {}

    private static final boolean IS_PRESENT = isPresent();

    /** Plain, since it is read on hot paths: another thread may see an older value for a moment. */
    private static boolean on;

    private static boolean broken;
    private static volatile @Nullable Runnable census;
    private static volatile Function<Object, Ends> streamEnds = stream -> Ends.NONE;

    private Flight() {}

    /** Returns whether the module jdk.jfr is there, and readable from here: it is optional. */
    private static boolean isPresent() {
        Module here = Flight.class.getModule();
        return ModuleLayer.boot().findModule("jdk.jfr").filter(here::canRead).isPresent();
    }

    /** Returns whether JFR was seen to run in this process; any thread. */
    public static boolean isOn() {
        return on;
    }

    /** Looks whether JFR runs now, and returns true if this is new; any thread. The cost is a volatile read of a constant place. */
    public static boolean look() {
        return IS_PRESENT && !on && FlightRecorder.isInitialized() && turnOn();
    }

    /**
     * Registers the events. All of them are loaded now: when descriptors run out, a class could not be loaded any more. If one can't
     * be loaded, the door stays closed.
     */
    private static synchronized boolean turnOn() {
        if (on || broken) {
            return false;
        }
        try {
            for (Class<? extends Event> type : events()) {
                FlightRecorder.register(type);
            }
            FlightRecorder.addPeriodicEvent(OpenConnectionEvent.class, Flight::count);
            on = true;
        } catch (Throwable failed) {
            broken = true;
        }
        return on;
    }

    @SuppressWarnings("unchecked")
    private static Class<? extends Event>[] events() {
        return new Class[] {
            LoopTurnEvent.class,
            SlowCallbackEvent.class,
            ConnectionOpenedEvent.class,
            ConnectionClosedEvent.class,
            OpenConnectionEvent.class,
            BackpressureEvent.class,
            AcceptRefusedEvent.class,
            DescriptorShortageEvent.class,
            LookupEvent.class,
            WorkEvent.class,
            WorkRefusedEvent.class
        };
    }

    // ---- what is open

    /** Sets what records the open connections and the streams that wait. JFR calls it on a thread of its own. */
    public static void setCensus(Runnable census) {
        Flight.census = census;
    }

    private static void count() {
        Runnable taker = census;
        if (taker != null) {
            taker.run();
        }
    }

    /** Returns whether a recording wants the open connections. */
    public static boolean wantsOpenConnections() {
        return OpenConnectionEvent.isOn();
    }

    /** Records a connection that is open. */
    public static void openConnection(String loop, int descriptor, Ends ends, OpenState state) {
        OpenConnectionEvent.record(loop, descriptor, ends, state);
    }

    // ---- the loop

    /** Begins an iteration; null if no recording wants it. */
    public static @Nullable Object beginTurn() {
        if (!LoopTurnEvent.isOn()) {
            return null;
        }
        return new LoopTurnEvent();
    }

    /** Begins the busy part of an iteration: the wait has ended. */
    public static void beginBusy(Object begun) {
        ((LoopTurnEvent) begun).begin();
    }

    /** Ends an iteration that {@link #beginTurn} has begun. */
    public static void endTurn(Object begun, long turn, long waitNanos, long busyNanos, long ready, long callbacks) {
        LoopTurnEvent event = (LoopTurnEvent) begun;
        event.end();
        if (!event.shouldCommit()) {
            return;
        }
        event.turn = turn;
        event.waitTime = waitNanos;
        event.busyTime = busyNanos;
        event.readyCount = ready;
        event.callbacks = callbacks;
        event.commit();
    }

    /** Returns whether a recording wants the slow callbacks. Ask only if {@link #isOn()}. */
    public static boolean wantsSlowCallbacks() {
        return SlowCallbackEvent.isOn();
    }

    /** Begins the time of a callback that may be slow. */
    public static Object beginSlowCallback() {
        SlowCallbackEvent event = new SlowCallbackEvent();
        event.begin();
        return event;
    }

    /** Returns whether the callback has lasted as long as a recording says. */
    public static boolean isSlow(Object begun) {
        return ((SlowCallbackEvent) begun).isDue();
    }

    /** Records a slow callback that was found. */
    public static void slowCallback(
            Object begun,
            String loop,
            String phase,
            long turn,
            long callback,
            @Nullable String userCode,
            String stack) {
        SlowCallbackEvent event = (SlowCallbackEvent) begun;
        event.loop = loop;
        event.phase = phase;
        event.turn = turn;
        event.callback = callback;
        event.userCode = userCode;
        event.stack = stack;
        event.end();
        event.commit();
    }

    /** Records the end of a callback that {@link #slowCallback} has recorded. */
    public static void endSlowCallback(Object begun) {
        SlowCallbackEvent event = (SlowCallbackEvent) begun;
        event.finished = true;
        event.stack = null;
        event.end();
        event.commit();
    }

    // ---- connections

    /** Records a connection that was established. */
    public static void connectionOpened(int descriptor, String side, Ends ends) {
        ConnectionOpenedEvent.record(descriptor, side, ends);
    }

    /** Records the end of a connection. */
    public static void connectionClosed(int descriptor, String side, Ends ends, Closing closing) {
        ConnectionClosedEvent.record(descriptor, side, ends, closing);
    }

    /** Returns whether a recording wants the connections that are turned away. Ask only if {@link #isOn()}. */
    public static boolean wantsRefusals() {
        return AcceptRefusedEvent.isOn();
    }

    /** Records a connection that was turned away, or an accept that has failed. */
    public static void acceptRefused(String reason, Ends ends) {
        AcceptRefusedEvent.record(reason, ends);
    }

    /** Records that there was no descriptor for a connection. */
    public static void descriptorShortage(String cause, int listener, long limit, int shed, boolean hasSpare) {
        DescriptorShortageEvent.record(cause, listener, limit, shed, hasSpare);
    }

    // ---- streams

    /** Returns whether a recording wants the streams that wait. Ask only if {@link #isOn()}. */
    public static boolean wantsBackpressure() {
        return BackpressureEvent.isOn();
    }

    /** Sets what knows the ends of a stream: the floor that makes sockets of streams. */
    public static void setStreamEnds(Function<Object, Ends> ends) {
        streamEnds = ends;
    }

    /** Returns the ends of {@code stream}, as the floor above says. */
    public static Ends endsOf(Object stream) {
        return streamEnds.apply(stream);
    }

    /** Begins a wait for a drain; {@code source} has the ends of the source of a pipe, or is null. */
    public static Object beginBackpressure(Ends ends, @Nullable Ends source, long bytes) {
        return BackpressureEvent.begin(ends, source, bytes);
    }

    /** Records a wait that goes on, with the bytes that wait now. */
    public static void backpressure(Object begun, long bytes) {
        BackpressureEvent event = (BackpressureEvent) begun;
        event.bytes = bytes;
        event.end();
        event.commit();
    }

    /** Records a wait that has ended. */
    public static void endBackpressure(Object begun, String endedBy) {
        BackpressureEvent event = (BackpressureEvent) begun;
        event.finished = true;
        event.endedBy = endedBy;
        event.end();
        event.commit();
    }

    // ---- jobs

    /** Begins a lookup on a worker thread; null if no recording wants it. */
    public static @Nullable Object beginLookup() {
        return LookupEvent.start();
    }

    /** Records a lookup that has ended. */
    public static void endLookup(Object begun, String function, @Nullable String host, long queueNanos, String result) {
        LookupEvent event = (LookupEvent) begun;
        event.function = function;
        event.host = host;
        event.queueTime = queueNanos;
        event.result = result;
        event.commit();
    }

    /** Begins a job on a worker thread; null if no recording wants it. */
    public static @Nullable Object beginWork() {
        return WorkEvent.start();
    }

    /** Records a job that has ended. */
    public static void endWork(
            Object begun, String job, String pool, boolean slow, long queueNanos, int poolSize, int jobsWaiting) {
        WorkEvent event = (WorkEvent) begun;
        event.job = job;
        event.pool = pool;
        event.slow = slow;
        event.queueTime = queueNanos;
        event.poolSize = poolSize;
        event.jobsWaiting = jobsWaiting;
        event.commit();
    }

    /** Records a job that was refused, because as many wait as may wait. */
    public static void workRefused(String job, String pool, int poolSize, int maxWaiting) {
        WorkRefusedEvent.record(job, pool, poolSize, maxWaiting);
    }
}
