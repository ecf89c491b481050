package io.chagres.trace;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A line of a trace, ours or that of strace(1).
 *
 * <p>Four things are not compared: addresses in memory (a Java array may have moved, and our wrapper does not see the C library's own
 * memory), the fields of a terminal, the name of the main thread, which is {@code java} for the
 * kernel, and the name of a process, which strace adds to a number of SO_PEERCRED if it adds the names of threads.
 *
 * @param thread the name of the thread, as the kernel knows it: at most 15 bytes
 * @param name the name of the call
 * @param arguments the text between the parentheses
 * @param answer the text behind the equals sign, without the duration
 */
record TracedLine(String thread, String name, String arguments, String answer) {

    private static final int MAX_COMM = 15;

    private static final Pattern OURS = Pattern.compile(
            "\\[(?<thread>.*?)(?: \\d+)?(?: (?:pending|idle|prepare|poll|check|closing|timers))?"
                    + "(?: (?:loop|server:\\S+|client \\d+ of \\S+|[\\d.]+:\\d+|\\[\\S+\\]:\\d+|[@/]\\S*|pair))?\\] (?<call>.*)");

    private static final Pattern CALL = Pattern.compile("(?<name>\\w+)\\((?<arguments>.*)\\) += (?<answer>.*)");
    private static final Pattern DURATION = Pattern.compile(" <\\d+\\.\\d{6}>$");
    private static final Pattern POINTER = Pattern.compile("0x(?:[0-9a-f]{6,}|\\.\\.\\.)");
    private static final Pattern PEER = Pattern.compile("(\\{pid=\\d+)<.*?>");
    private static final Pattern TERMINAL = Pattern.compile("TCGETS, (?:\\{.*\\}|0x\\.\\.\\.)");

    /** Returns the calls in the lines of a trace of ours. */
    static List<TracedLine> ours(List<String> lines) {
        List<TracedLine> calls = new ArrayList<>();
        for (String line : lines) {
            Matcher ours = OURS.matcher(line);
            if (!ours.matches()) {
                throw new AssertionError("no line of a trace: " + line);
            }
            calls.add(of(ours.group("thread"), ours.group("call")));
        }
        return calls;
    }

    /** Returns the call in {@code text}. */
    static TracedLine of(String thread, String text) {
        Matcher call = CALL.matcher(DURATION.matcher(text).replaceFirst(""));
        if (!call.matches()) {
            throw new AssertionError("no call: " + text);
        }
        return new TracedLine(
                comm(thread), call.group("name"), normal(call.group("arguments")), normal(call.group("answer")));
    }

    private static String comm(String thread) {
        String name = thread.equals("main") ? "java" : thread;
        return name.substring(0, Math.min(MAX_COMM, name.length()));
    }

    private static String normal(String text) {
        String pointers = POINTER.matcher(text).replaceAll("0x...");
        String peers = PEER.matcher(pointers).replaceAll("$1");
        return TERMINAL.matcher(peers).replaceAll("TCGETS, {...}");
    }

    /** Returns whether the call has returned: it has not if the process ended meanwhile. */
    boolean hasReturned() {
        return !answer.equals("?");
    }

    /** Returns the result as a number; -1 for an error. */
    int result() {
        return Integer.decode(answer.split(" ")[0]);
    }

    /** Returns the first argument. */
    String first() {
        return arguments.split(", ")[0];
    }

    @Override
    public String toString() {
        return "[" + thread + "] " + name + "(" + arguments + ") = " + answer;
    }
}
