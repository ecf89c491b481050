package io.chagres.sys;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.util.function.LongPredicate;

/**
 * Makes a call of the C library fail: the test side of the seam in {@link Libc}. For a JVM of its own, in which
 * {@link #install} comes before the first call is linked; what is to fail can be changed there at any time.
 */
public final class Faults {

    /**
     * One failure to come.
     *
     * @param call the name of the C function
     * @param word which of its arguments is the descriptor
     * @param concerned for which descriptors
     * @param use which of these calls fails: 1 for the next
     * @param result what it returns then, -1 as a rule
     * @param errno what it leaves in errno
     * @param afterwards whether the call is made all the same, and only its result is a lie
     */
    public record Plan(String call, int word, LongPredicate concerned, int use, long result, int errno, boolean afterwards) {
    }

    private static final MethodHandle CALL = call();

    private static Plan plan;
    private static int uses;

    private Faults() { }

    /** From now on what is linked can be made to fail. */
    public static void install() {
        Libc.seam = Faults::around;
    }

    /** Plans a failure, in place of the one before; null for none. */
    public static synchronized void arm(Plan failure) {
        plan = failure;
        uses = 0;
    }

    /** Whether the failure that was planned has come. */
    public static synchronized boolean struck() {
        return plan != null && uses >= plan.use;
    }

    private static MethodHandle around(String name, MethodHandle function) {
        int count = function.type().parameterCount();
        MethodHandle spread = function.asSpreader(Object[].class, count);
        return MethodHandles.insertArguments(CALL, 0, name, spread)
                .asCollector(Object[].class, count).asType(function.type());
    }

    /** In place of each call: the first of {@code arguments} is where errno goes, the rest are those of C. */
    private static long call(String name, MethodHandle function, Object[] arguments) throws Throwable {
        Plan failure = take(name, arguments);
        long result = failure == null || failure.afterwards ? (long) function.invokeExact(arguments) : -1;
        if (failure == null) {
            return result;
        }
        ((MemorySegment) arguments[0]).set(ValueLayout.JAVA_INT, 0, failure.errno);
        return failure.result;
    }

    private static synchronized Plan take(String name, Object[] arguments) {
        boolean concerned = plan != null && plan.call.equals(name)
                && plan.concerned.test(arguments[1 + plan.word] instanceof Long word ? word : 0);
        return concerned && ++uses == plan.use ? plan : null;
    }

    private static MethodHandle call() {
        try {
            return MethodHandles.lookup().findStatic(Faults.class, "call",
                    MethodType.methodType(long.class, String.class, MethodHandle.class, Object[].class));
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
