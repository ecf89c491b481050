package io.chagres.loop.internal;

import java.util.ArrayList;
import java.util.List;

/** A place in the program at which something was made: the stack, without the frames of the library. It is empty if the loop itself has
 * made it, on a thread of its own. */
public final class Origin {

    private static final int MAX_FRAMES = 8;

    private static final List<String> LIBRARY = List.of("loop.", "handle.", "address.", "socket.", "stream.", "net.");
    private static final String BASE = "io.chagres.";

    private final List<StackWalker.StackFrame> frames;

    private Origin(List<StackWalker.StackFrame> frames) {
        this.frames = frames;
    }

    /** Returns the place from which this is called. */
    static Origin here() {
        List<StackWalker.StackFrame> program = new ArrayList<>();
        StackWalker.getInstance().forEach(frame -> {
            if (program.size() < MAX_FRAMES && !isLibrary(frame.getClassName())) {
                program.add(frame);
            }
        });
        return new Origin(program);
    }

    private static boolean isLibrary(String className) {
        return className.equals("java.lang.Thread")
                || className.startsWith(BASE)
                        && LIBRARY.stream().anyMatch(name -> className.startsWith(name, BASE.length()));
    }

    /** Returns a line for each frame, as in {@code made at EchoServer.main(EchoServer.java:21)}. */
    String lines(String indent) {
        StringBuilder lines = new StringBuilder();
        for (StackWalker.StackFrame frame : frames) {
            lines.append(lines.isEmpty() ? indent + "made at " : indent + "     at ")
                    .append(textOf(frame))
                    .append('\n');
        }
        return lines.isEmpty() ? indent + "made by the loop\n" : lines.toString();
    }

    /** Returns the text of {@code frame} without its module and class loader. */
    private static String textOf(StackWalker.StackFrame frame) {
        return frame.getClassName() + "." + frame.getMethodName() + "(" + frame.getFileName() + ":"
                + frame.getLineNumber() + ")";
    }

    @Override
    public String toString() {
        return "Origin (" + frames + ")";
    }
}
