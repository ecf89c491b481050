package io.chagres.docs;

import io.chagres.sys.Errno;
import io.chagres.trace.CallbackRun;
import io.chagres.trace.Note;
import io.chagres.trace.Place;
import io.chagres.trace.SocketState;
import io.chagres.trace.SystemCall;
import io.chagres.trace.TraceEvent;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The one place that removes from a recorded run what differs from run to run: descriptors, ports that the kernel chose, times and
 * rounded waits. Two runs of a deterministic program are equal then.
 */
final class NormalRun {

    private static final int FIRST_DESCRIPTOR = 3;
    private static final int SERVER_PORT = 9297;
    private static final int FIRST_CLIENT_PORT = 51234;
    /** How many bytes the kernel takes at once depends on its buffers, if there are many. */
    private static final int LARGE = 10_000;

    private static final long STEP_NANOS = 1_000_000;

    private static final Set<String> OPENS =
            Set.of("socket", "accept4", "epoll_create1", "eventfd2", "openat", "dup", "fcntl");
    /** The calls whose first argument is a number of another kind. */
    private static final Set<String> WITHOUT_DESCRIPTOR = Set.of("prlimit64", "eventfd2");

    /** What depends on the machine: its limits, and the bytes of an address with a port. */
    private static final Pattern MACHINE = Pattern.compile("(?<=rlim_(?:cur|max)=)[^,}]+|(?<=SO_PEERNAME, )\"[^\"]*\"");

    private static final Pattern FIRST_ARGUMENT = Pattern.compile("^(\\d+)(?=,|$)");
    private static final Pattern CONTROLLED = Pattern.compile("(?<=EPOLL_CTL_(?:ADD|MOD|DEL), )(\\d+)");
    private static final Pattern EPOLL_DATA = Pattern.compile("data=\\{u32=(\\d+), u64=(\\d+)\\}|data=0x([0-9a-f]+)");
    private static final Pattern PORT = Pattern.compile("(?<=htons\\()(\\d+)|(?<=[\\w\\])]:)(\\d{2,5})\\b");
    private static final Pattern REST = Pattern.compile("(?<=, )(?!65536,|4194304,|8388608,)\\d{5,}(?=, MSG_)");
    private static final Pattern MILLIS = Pattern.compile("(?<=, )(\\d+)$");
    private static final Pattern NANOS = Pattern.compile("(?<=tv_nsec=)(\\d+)");

    private final Map<Integer, Integer> descriptors = new TreeMap<>();
    private final Map<Integer, Integer> ports = new TreeMap<>();
    private final TreeSet<Long> times = new TreeSet<>();
    private final List<TraceEvent> events = new ArrayList<>();

    private NormalRun() {}

    static List<TraceEvent> of(List<TraceEvent> recorded) {
        NormalRun run = new NormalRun();
        recorded.forEach(run::learnTimes);
        recorded.forEach(run::add);
        return run.events;
    }

    /** Only the order of the times stays: each is a step later than the one before. */
    private void learnTimes(TraceEvent event) {
        times.add(event.startNanos());
        times.add(event.startNanos() + event.durationNanos());
    }

    private long time(long nanos) {
        return times.headSet(nanos).size() * STEP_NANOS;
    }

    private void add(TraceEvent event) {
        long start = time(event.startNanos());
        long duration = time(event.startNanos() + event.durationNanos()) - start;
        List<SocketState> sockets = event.sockets().stream()
                .filter(socket -> !socket.state().equals("LAST_ACK"))
                .map(this::normal)
                .sorted(Comparator.comparing(SocketState::local).thenComparing(SocketState::peer))
                .toList();
        events.add(
                switch (event) {
                    case SystemCall call -> normal(call, start, duration, sockets);
                    case CallbackRun run -> new CallbackRun(run.place(), ports(run.name()), start, duration, sockets);
                    case Note note -> new Note(note.place(), ports(note.text()), start, sockets);
                });
    }

    private SystemCall normal(SystemCall call, long start, long duration, List<SocketState> sockets) {
        learnPorts(call);
        boolean opens = OPENS.contains(call.name())
                && call.result() >= 0
                && !call.arguments().contains("F_GETFL");
        String arguments = MACHINE.matcher(call.arguments()).replaceAll("...");
        if (!WITHOUT_DESCRIPTOR.contains(call.name())) {
            arguments = replace(FIRST_ARGUMENT, arguments, found -> descriptor(found.group(1)));
        }
        arguments = replace(CONTROLLED, arguments, found -> descriptor(found.group(1)));
        arguments = replace(EPOLL_DATA, arguments, this::data);
        arguments = REST.matcher(waits(call.name(), ports(arguments))).replaceAll("N");
        String answer = opens
                ? call.answer().replaceFirst("^\\d+", String.valueOf(opened((int) call.result())))
                : call.answer();
        if (call.category().equals("data") && call.result() >= LARGE) {
            answer = "N";
        }
        int descriptor = call.descriptor() < 0 ? -1 : Integer.parseInt(descriptor(String.valueOf(call.descriptor())));
        if (call.name().equals("close")) {
            descriptors.remove(call.descriptor());
        }
        Place place = call.place();
        boolean full = isRest(call, descriptor);
        return new SystemCall(
                place,
                ports(call.owner()),
                call.category(),
                call.name(),
                arguments,
                full ? -Errno.EAGAIN : call.result(),
                full ? "-1 EAGAIN (Resource temporarily unavailable)" : answer,
                descriptor,
                start,
                duration,
                sockets);
    }

    /**
     * Returns whether {@code call} sends the rest right after a part of it was taken. Usually the buffers of the kernel are still full. On a
     * busy machine the peer's acknowledgement comes in between, and they take some more.
     */
    private boolean isRest(SystemCall call, int descriptor) {
        return call.name().equals("sendto")
                && call.result() >= LARGE
                && events.getLast() instanceof SystemCall before
                && before.name().equals("sendto")
                && before.descriptor() == descriptor
                && before.answer().equals("N");
    }

    // ---- descriptors: the lowest free number, as the kernel gives in a fresh process

    private int opened(int real) {
        int lowest = FIRST_DESCRIPTOR;
        while (descriptors.containsValue(lowest)) {
            lowest++;
        }
        descriptors.put(real, lowest);
        return lowest;
    }

    private String descriptor(String real) {
        int number = Integer.parseInt(real);
        Integer known = descriptors.get(number);
        return String.valueOf(known == null ? opened(number) : known);
    }

    private String data(MatchResult found) {
        int fd = Integer.parseInt(descriptor(found.group(1)));
        long generation = Long.parseLong(found.group(2)) >>> 32;
        return "data={u32=" + fd + ", u64=" + (generation << 32 | fd) + "}";
    }

    // ---- ports: the first that is bound is that of the server

    private void learnPorts(SystemCall call) {
        Matcher port = PORT.matcher(call.arguments());
        while (port.find()) {
            int number = Integer.parseInt(port.group(1) != null ? port.group(1) : port.group(2));
            boolean chosen = call.name().matches("getsockname|accept4|getpeername|connect");
            if (number != 0 && chosen && !ports.containsKey(number)) {
                ports.put(number, ports.isEmpty() ? SERVER_PORT : FIRST_CLIENT_PORT + ports.size() - 1);
            }
        }
    }

    private String ports(String text) {
        return replace(PORT, text, found -> {
            int number = Integer.parseInt(found.group());
            return String.valueOf(ports.getOrDefault(number, number));
        });
    }

    /** An acknowledgement on the loopback device arrives within microseconds, sooner or later than the table was read. */
    private static String settled(String state) {
        return state.equals("FIN_WAIT1") ? "FIN_WAIT2" : state;
    }

    private SocketState normal(SocketState socket) {
        learn(socket.local());
        learn(socket.peer());
        return new SocketState(ports(socket.local()), ports(socket.peer()), settled(socket.state()));
    }

    /** The port of a client is first seen in the kernel's table. */
    private void learn(String address) {
        int number = Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
        if (number != 0 && !ports.isEmpty() && !ports.containsKey(number)) {
            ports.put(number, FIRST_CLIENT_PORT + ports.size() - 1);
        }
    }

    // ---- times

    private static String waits(String name, String arguments) {
        String text = replace(NANOS, arguments, found -> String.valueOf(rounded(Long.parseLong(found.group()))));
        return name.startsWith("epoll_wait") || name.startsWith("epoll_pwait")
                ? replace(MILLIS, text, found -> String.valueOf(rounded(Long.parseLong(found.group()))))
                : text;
    }

    /** Returns the number with one digit that is not less than {@code number}. */
    private static long rounded(long number) {
        long unit = 1;
        while (number > 9 * unit) {
            unit *= 10;
        }
        return Math.ceilDiv(number, unit) * unit;
    }

    private static String replace(Pattern pattern, String text, Function<MatchResult, String> replacement) {
        return pattern.matcher(text).replaceAll(found -> Matcher.quoteReplacement(replacement.apply(found)));
    }
}
