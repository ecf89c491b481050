package io.chagres.trace;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The calls that strace(1) has seen, without those of the JVM itself. The rule for that does not look at our trace:
 *
 * <ul>
 * <li>Nothing counts before the first epoll_create1, which is the first call of the library: the JVM asks for the name of the user before,
 *     and for the limit of descriptors.
 * <li>The JVM of these programs makes no epoll set, no eventfd, no pipe, no pair and no non-blocking socket. These calls count, and so does
 *     accept4.
 * <li>A call on a descriptor counts from the call that made the descriptor, one of those above, until its close(2). Calls on descriptor -1
 *     count.
 * <li>A call with a path counts if {@code EveryCallProgram} has chosen the path.
 * <li>{@code prlimit64(0, RLIMIT_NOFILE, NULL} counts.
 * <li>A call that has not returned when the process ends does not count.
 * </ul>
 */
final class StraceLog {

    private static final Pattern LINE = Pattern.compile("\\d+<(?<thread>.*?)> (?<text>.*)");
    private static final Pattern RESUMED = Pattern.compile("<\\.\\.\\. \\w+ resumed>(?<rest>.*)");
    private static final String UNFINISHED = " <unfinished ...>";
    private static final Set<String> MAKERS =
            Set.of("accept4", "epoll_create1", "eventfd2", "pipe2", "socketpair", "socket", "openat", "fcntl");
    private static final Set<String> OF_PATHS = Set.of("openat", "chmod", "unlink", "statx", "fchmodat", "unlinkat");

    private final Set<Integer> descriptors = new HashSet<>(Set.of(-1));
    private boolean hasBegun;

    private StraceLog() {}

    /** Returns the calls of the library in the lines of {@code strace -f -Y}. */
    static List<TracedLine> read(List<String> lines) {
        StraceLog log = new StraceLog();
        return joined(lines).stream()
                .filter(TracedLine::hasReturned)
                .filter(log::counts)
                .toList();
    }

    private static List<TracedLine> joined(List<String> lines) {
        Map<String, String> begun = new HashMap<>();
        List<TracedLine> calls = new ArrayList<>();
        for (String line : lines) {
            Matcher words = LINE.matcher(line);
            if (!words.matches()
                    || words.group("text").startsWith("---")
                    || words.group("text").startsWith("+++")) {
                continue;
            }
            String id = line.substring(0, line.indexOf('<'));
            String text = words.group("text");
            if (text.endsWith(UNFINISHED)) {
                begun.put(id, text.substring(0, text.length() - UNFINISHED.length()));
                continue;
            }
            Matcher resumed = RESUMED.matcher(text);
            calls.add(TracedLine.of(
                    words.group("thread"), resumed.matches() ? begun.remove(id) + resumed.group("rest") : text));
        }
        return calls;
    }

    private boolean counts(TracedLine call) {
        hasBegun |= call.name().equals("epoll_create1");
        boolean counts = hasBegun && isOfLibrary(call);
        if (counts && MAKERS.contains(call.name())) {
            made(call);
        }
        if (counts && call.name().equals("close")) {
            descriptors.remove(Integer.parseInt(call.first()));
            descriptors.add(-1);
        }
        return counts;
    }

    private boolean isOfLibrary(TracedLine call) {
        return switch (call.name()) {
            case "epoll_create1", "eventfd2", "pipe2", "socketpair" -> true;
            case "socket" -> call.arguments().contains("SOCK_NONBLOCK");
            case "sched_setaffinity" -> call.first().equals("0");
            case "prlimit64" -> call.arguments().startsWith("0, RLIMIT_NOFILE, NULL");
            default ->
                OF_PATHS.contains(call.name()) && call.arguments().contains(EveryCallProgram.MARK)
                        || call.first().matches("-?\\d+") && descriptors.contains(Integer.parseInt(call.first()));
        };
    }

    private void made(TracedLine call) {
        switch (call.name()) {
            case "pipe2", "socketpair" -> {
                Matcher pair = Pattern.compile("\\[(\\d+), (\\d+)\\]").matcher(call.arguments());
                if (pair.find()) {
                    descriptors.add(Integer.parseInt(pair.group(1)));
                    descriptors.add(Integer.parseInt(pair.group(2)));
                }
            }
            case "fcntl" -> {
                if (call.arguments().contains("F_DUPFD")) {
                    descriptors.add(call.result());
                }
            }
            default -> descriptors.add(call.result());
        }
    }
}
