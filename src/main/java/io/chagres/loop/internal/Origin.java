package io.chagres.loop.internal;

import java.util.ArrayList;
import java.util.List;

/** A place in the program at which something was made: the stack, without the frames of the library. */
public final class Origin {

    private static final int MAX_FRAMES = 8;

    private static final List<String> LIBRARY = List.of("loop.", "handle.", "address.", "socket.", "stream.", "net.");
    private static final String BASE = "io.chagres.";

    private final List<StackWalker.StackFrame> frames;

    private Origin(List<StackWalker.StackFrame> frames) {
        this.frames = frames;
    }

    /** Returns the place from which this is called. Without a frame of the program, it has those of the library. */
    static Origin here() {
        List<StackWalker.StackFrame> program = new ArrayList<>();
        List<StackWalker.StackFrame> library = new ArrayList<>();
        StackWalker.getInstance().forEach(frame -> {
            List<StackWalker.StackFrame> kind = isLibrary(frame.getClassName()) ? library : program;
            if (kind.size() < MAX_FRAMES) {
                kind.add(frame);
            }
        });
        return new Origin(program.isEmpty() ? library : program);
    }

    private static boolean isLibrary(String className) {
        return className.startsWith(BASE)
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
        return lines.toString();
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
