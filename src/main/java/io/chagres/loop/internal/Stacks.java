package io.chagres.loop.internal;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The stacks of loop threads: which frame is the user's, and whether the loop waits. */
final class Stacks {

    private static final String LOOP = "io.chagres.loop.Loop";
    private static final int MAX_FRAMES = 64;
    /** A wait has epoll_wait(2), a few frames of the linker and {@code Poller.await} on top. */
    private static final int FRAMES_OF_A_WAIT = 12;

    private static final List<String> NOT_THE_USERS = List.of(
            "java.",
            "javax.",
            "jdk.",
            "sun.",
            "io.chagres.sys.",
            "io.chagres.jfr.",
            "io.chagres.loop.",
            "io.chagres.trace.",
            "io.chagres.handle.",
            "io.chagres.address.",
            "io.chagres.socket.",
            "io.chagres.stream.",
            "io.chagres.net.",
            "io.chagres.group.");

    private Stacks() {}

    /** Returns the frames that the loop has called, innermost first: up to 64, without those that have called {@code run}. */
    static StackTraceElement[] insideTheLoop(StackTraceElement[] stack) {
        int frames = 0;
        while (frames < Math.min(stack.length, MAX_FRAMES)
                && !stack[frames].getClassName().equals(LOOP)) {
            frames++;
        }
        return Arrays.copyOf(stack, frames);
    }

    /** Returns the frames as text, one a line. */
    static String text(StackTraceElement[] stack) {
        return Stream.of(stack).map(StackTraceElement::toString).collect(Collectors.joining("\n"));
    }

    /** Returns the innermost frame that belongs neither to the JDK nor to Chagres; null if there is none. */
    static @Nullable StackTraceElement userCode(StackTraceElement[] stack) {
        for (StackTraceElement frame : stack) {
            if (NOT_THE_USERS.stream().noneMatch(frame.getClassName()::startsWith)) {
                return frame;
            }
        }
        return null;
    }

    /** Returns whether the loop is in its wait, or on the way out of it. */
    static boolean isWaiting(StackTraceElement[] stack) {
        String poller = Poller.class.getName();
        for (int i = 0; i < Math.min(stack.length, FRAMES_OF_A_WAIT); i++) {
            if (stack[i].getClassName().equals(poller)) {
                return stack[i].getMethodName().equals("sleep")
                        || stack[i].getMethodName().equals("fineSleep")
                        || stack[i].getMethodName().equals("await");
            }
        }
        return false;
    }
}
