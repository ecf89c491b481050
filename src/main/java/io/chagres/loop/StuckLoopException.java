package io.chagres.loop;

import io.chagres.ChagresException;
import io.chagres.loop.internal.Obstacle;
import java.util.List;
import java.util.Map;

/**
 * A loop that has not ended in time: {@link LoopThread#close(Duration)} or {@link LoopThread#drain(Duration)} has given up. The code is
 * ETIMEDOUT.
 *
 * <p>The message says what holds the loop:
 *
 * <ul>
 *   <li>a callback that does not return, with its phase and the first frame of the user's code;
 *   <li>{@link io.chagres.handle.Work} that does not return, for which a loop waits at its end;
 *   <li>after drain, the handles that keep the loop alive.
 * </ul>
 *
 * <p>The cause has the stack of the loop thread instead of its own, so that a printed exception has the thread dump. Suppressed in it
 * are the stacks of the workers that run Work of this loop.
 *
 * <pre>
 * io.chagres.loop.StuckLoopException: the loop of thread "server" has not ended within 5000 ms: it has been in a callback for
 *     12.3 s (poll phase): Chat.send(Chat.java:40)
 * Caused by: io.chagres.loop.StuckLoopException$Stack: thread "server" (WAITING)
 *     at java.base/java.lang.Object.wait0(Native Method)
 *     at Chat.send(Chat.java:40)
 *     ...
 * </pre>
 */
public final class StuckLoopException extends ChagresException {

    private static final long serialVersionUID = 1;

    private final transient List<StackTraceElement> stack;

    StuckLoopException(long nanos, Obstacle obstacle) {
        super("ETIMEDOUT", obstacle.complaint(nanos), causeOf(obstacle));
        stack = List.of(obstacle.stack());
    }

    /** Returns the stack of the loop thread when the wait was given up, innermost frame first. */
    public List<StackTraceElement> stack() {
        return stack;
    }

    private static Stack causeOf(Obstacle obstacle) {
        Stack cause = new Stack(obstacle.threadName(), obstacle.threadState(), obstacle.stack());
        for (Map.Entry<Thread, StackTraceElement[]> worker : obstacle.workers().entrySet()) {
            Thread thread = worker.getKey();
            cause.addSuppressed(new Stack(thread.getName(), thread.getState(), worker.getValue()));
        }
        return cause;
    }

    /** Carries the stack of another thread. */
    private static final class Stack extends Throwable {

        private static final long serialVersionUID = 1;

        Stack(String name, Thread.State state, StackTraceElement[] stack) {
            super("thread \"" + name + "\" (" + state + ")");
            setStackTrace(stack);
        }

        @Override
        public Throwable fillInStackTrace() {
            return this;
        }
    }
}
