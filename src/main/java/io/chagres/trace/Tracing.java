package io.chagres.trace;

import io.chagres.loop.internal.LoopObserver;
import io.chagres.sys.Call;
import io.chagres.sys.CallObserver;
import io.chagres.sys.ObservedCalls;
import io.chagres.trace.text.CallText;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/** The traces that are running, and the one observer of calls and callbacks that serves them all. */
final class Tracing implements CallObserver, LoopObserver {

    /** Replaced as a whole, so that a call reads it without a lock. */
    private static volatile List<Trace> traces = List.of();

    private static volatile Owners owners = new Owners();

    private Tracing() {}

    static synchronized void add(Trace trace) {
        List<Trace> more = new ArrayList<>(traces);
        more.add(trace);
        traces = List.copyOf(more);
        if (more.size() == 1) {
            owners = new Owners();
            Tracing tracing = new Tracing();
            LoopObserver.install(tracing);
            ObservedCalls.setObserver(tracing);
        }
    }

    static synchronized void remove(Trace trace) {
        List<Trace> fewer = new ArrayList<>(traces);
        if (fewer.remove(trace)) {
            traces = List.copyOf(fewer);
            if (fewer.isEmpty()) {
                ObservedCalls.setObserver(null);
                LoopObserver.install(null);
            }
        }
    }

    @Override
    public void called(Call call) {
        String category = CallText.category(call.function());
        if (category == null) {
            return;
        }
        Owners known = owners;
        Owners.Use use = known.use(call);
        known.learn(call);
        Category kind = use.isOfLoop() ? Category.EPOLL : Category.of(category);
        for (Trace trace : traces) {
            if (trace.options().includes(kind)) {
                CallText text = CallText.of(call, trace.options().stringLimit());
                deliver(trace, context -> event(call, use, kind, text, context));
            }
        }
    }

    private static SystemCall event(Call call, Owners.Use use, Category kind, CallText text, Context context) {
        return new SystemCall(
                context.place(),
                use.owner(),
                kind.toString(),
                text.name(),
                text.arguments(),
                text.result(),
                text.answer(),
                use.descriptor(),
                call.startNanos(),
                call.durationNanos(),
                context.sockets());
    }

    @Override
    public String nameOf(Object callback) {
        try {
            return CallbackNames.of(callback, owners);
        } catch (Throwable thrown) {
            ObservedCalls.raise(thrown);
            return "callback";
        }
    }

    @Override
    public void ran(String name, long startNanos, long durationNanos) {
        deliver(context -> new CallbackRun(context.place(), name, startNanos, durationNanos, context.sockets()));
    }

    static void note(String text) {
        long now = System.nanoTime();
        deliver(context -> new Note(context.place(), text, now, context.sockets()));
    }

    private static void deliver(Function<Context, TraceEvent> event) {
        ObservedCalls.quietly(() -> {
            for (Trace trace : traces) {
                deliver(trace, event);
            }
        });
    }

    private static void deliver(Trace trace, Function<Context, TraceEvent> event) {
        try {
            trace.consumer().accept(event.apply(Context.of(trace.options(), owners)));
        } catch (Throwable thrown) {
            ObservedCalls.raise(thrown);
        }
    }

    /** The parts that all events have. */
    private record Context(Place place, List<SocketState> sockets) {

        static Context of(TraceOptions options, Owners owners) {
            return new Context(
                    Places.here(options.hasLines()), options.hasSocketStates() ? SocketTable.read(owners) : List.of());
        }
    }
}
