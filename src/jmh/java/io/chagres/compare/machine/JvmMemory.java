package io.chagres.compare.machine;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The memory that a JVM holds for its program, by jcmd. */
public final class JvmMemory {

    /** The flag with which a JVM counts its native memory by kind. */
    public static final String TRACKING = "-XX:NativeMemoryTracking=summary";

    /** The kinds of a program's memory outside of the heap: direct buffers and foreign memory, the JVM's copies for JNI, stacks. */
    private static final List<String> KINDS = List.of("Other", "Internal", "Thread");

    private JvmMemory() {}

    /** Returns the bytes of the reachable objects. The JVM collects the others first. */
    public static long liveHeapBytes(long pid) throws IOException {
        String total = Command.lastLine(jcmd(pid, "GC.class_histogram"));
        return Long.parseLong(total.split(" +")[2]);
    }

    public static long nativeBytes(long pid) throws IOException {
        String summary = jcmd(pid, "VM.native_memory", "summary", "scale=B");
        return KINDS.stream().mapToLong(kind -> committed(summary, kind)).sum();
    }

    /** A line such as {@code - Other (reserved=12345, committed=12345)}. */
    private static long committed(String summary, String kind) {
        Matcher line = Pattern.compile("- +" + kind + " \\(reserved=\\d+B?, committed=(\\d+)")
                .matcher(summary);
        return line.find() ? Long.parseLong(line.group(1)) : 0;
    }

    private static String jcmd(long pid, String... command) throws IOException {
        String jcmd = Path.of(System.getProperty("java.home"), "bin", "jcmd").toString();
        return Command.output(Stream.concat(Stream.of(jcmd, Long.toString(pid)), Stream.of(command))
                .toList());
    }
}
