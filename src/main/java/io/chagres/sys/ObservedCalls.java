package io.chagres.sys;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.Arrays;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * An observer of all calls of the C library, which can be set and taken away while the program runs.
 *
 * <p>It exchanges the handles of all {@linkplain LinkedFunctions linked functions}, so that calls cost nothing while there is
 * no observer. A call through {@link HeapCalls} or {@link ArenaCalls} is seen once, as the call of the function.
 */
public final class ObservedCalls {

    private static final MethodHandle AROUND = around();

    /** Set while this thread is in an observer: its own calls are not observed. */
    private static final ThreadLocal<Boolean> OBSERVING = new ThreadLocal<>();

    private static volatile @Nullable CallObserver observer;

    private ObservedCalls() {}

    /** Sets the observer; null for none. Threads that are in a call do not notice it before their next call. */
    public static synchronized void setObserver(@Nullable CallObserver next) {
        observer = next;
        LinkedFunctions.setOuter(next == null ? null : ObservedCalls::wrap);
    }

    /** Returns the names of the functions that are linked so far. */
    public static List<String> functions() {
        return LinkedFunctions.all().stream()
                .map(function -> function.name)
                .distinct()
                .toList();
    }

    private static MethodHandle wrap(CFunction function, MethodHandle handle) {
        int count = handle.type().parameterCount();
        MethodHandle spread = handle.asSpreader(Object[].class, count);
        return MethodHandles.insertArguments(AROUND, 0, function.name, spread)
                .asCollector(Object[].class, count)
                .asType(handle.type());
    }

    /** Replaces each call: the first of {@code arguments} is the memory for errno, the others are those of C. */
    private static long around(String name, MethodHandle function, Object[] arguments) throws Throwable {
        CallObserver present = observer;
        if (present == null || OBSERVING.get() != null) {
            return (long) function.invokeExact(arguments);
        }
        Call call = new Call(name, Arrays.copyOfRange(arguments, 1, arguments.length));
        long start = System.nanoTime();
        long result = (long) function.invokeExact(arguments);
        long nanos = System.nanoTime() - start;
        byte[] slab = ((MemorySegment) arguments[0]).toArray(ValueLayout.JAVA_BYTE);
        call.returned(result, ((MemorySegment) arguments[0]).get(ValueLayout.JAVA_INT, 0), start, nanos);
        quietly(() -> present.called(call));
        // calls of the observer have overwritten errno, and perhaps the value of a socket option
        MemorySegment.copy(slab, 0, (MemorySegment) arguments[0], ValueLayout.JAVA_BYTE, 0, slab.length);
        return result;
    }

    /**
     * Runs {@code report} so that its own calls are not observed. If this thread is in such a report already, this is a no-op. An
     * exception goes to the uncaught handler of the thread.
     */
    public static void quietly(Runnable report) {
        if (OBSERVING.get() != null) {
            return;
        }
        try {
            OBSERVING.set(true);
            report.run();
        } catch (Throwable thrown) {
            raise(thrown);
        } finally {
            OBSERVING.remove();
        }
    }

    /** Passes {@code thrown} to the uncaught handler of this thread. The library's own code never sees it. */
    public static void raise(Throwable thrown) {
        Thread thread = Thread.currentThread();
        try {
            thread.getUncaughtExceptionHandler().uncaughtException(thread, thrown);
        } catch (Throwable fromHandler) {
            // the uncaught handler is the last one to report to
        }
    }

    private static MethodHandle around() {
        try {
            MethodType type = MethodType.methodType(long.class, String.class, MethodHandle.class, Object[].class);
            return MethodHandles.lookup().findStatic(ObservedCalls.class, "around", type);
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
