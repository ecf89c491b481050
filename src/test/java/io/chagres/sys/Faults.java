package io.chagres.sys;

import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.stream.Stream;

/**
 * Makes a call of the C library fail: the inner wrapper of {@link LinkedFunctions}. It needs a JVM of its own, so that no other test
 * runs into the failure. The planned failure can be changed at any time.
 */
public final class Faults {

    /**
     * One planned failure.
     *
     * @param calls the names of the C functions
     * @param word the index of the argument that is the descriptor
     * @param concerned selects the descriptors
     * @param use the number of the call that fails: 1 for the next
     * @param times the number of calls that fail, from that one on
     * @param result the result of a call that fails, usually -1
     * @param errno the errno of a call that fails
     * @param afterwards true if the call is made all the same, and only its result is replaced
     */
    public record Plan(
            Set<String> calls,
            int word,
            LongPredicate concerned,
            int use,
            int times,
            long result,
            int errno,
            boolean afterwards) {

        /** One failure of one function. */
        public Plan(
                String call, int word, LongPredicate concerned, int use, long result, int errno, boolean afterwards) {
            this(Set.of(call), word, concerned, use, 1, result, errno, afterwards);
        }
    }

    private static final MethodHandle CALL = call();

    private static final Map<String, Integer> CALLS = new ConcurrentHashMap<>();

    private static Plan plan;
    private static int uses;
    private static volatile Consumer<String> before = name -> {};

    private Faults() {}

    /** Makes it possible to let functions fail. */
    public static void install() {
        LinkedFunctions.setInner(Faults::around);
    }

    /** Calls {@code listener} right before each call of the C library, on the same thread, with the name of the function. */
    public static void beforeEach(Consumer<String> listener) {
        before = listener;
    }

    /** Plans a failure in place of the earlier one; null for none. */
    public static synchronized void arm(Plan failure) {
        plan = failure;
        uses = 0;
    }

    /** Returns whether a failure is planned. */
    public static synchronized boolean isArmed() {
        return plan != null;
    }

    /** Returns whether the planned failure has happened, at least once. */
    public static synchronized boolean struck() {
        return plan != null && uses >= plan.use;
    }

    /** Returns whether the planned failure has happened as many times as planned. */
    public static synchronized boolean over() {
        return plan == null || uses - plan.use >= plan.times - 1;
    }

    /** Returns the number of calls of that function since {@link #install}. */
    public static int calls(String name) {
        return CALLS.getOrDefault(name, 0);
    }

    /** Returns the functions that are linked. */
    public static Set<String> linked() {
        return new TreeSet<>(ObservedCalls.functions());
    }

    /** Initializes every class of sys, including those that are initialized at their first use, but not calls that are not to be had. */
    public static void linkAll() throws IOException, ClassNotFoundException {
        URI file = URI.create(Sockets.class.getResource("Sockets.class").toString());
        try (Stream<Path> classes = Files.list(Path.of(file).getParent())) {
            for (String name :
                    classes.map(path -> path.getFileName().toString()).toList()) {
                boolean isUsed = Libc.CRITICAL || !name.equals("HeapCalls.class");
                if (isUsed && name.endsWith(".class") && !name.startsWith("package-info")) {
                    Class.forName(Sockets.class.getPackageName() + "." + name.replace(".class", ""));
                }
            }
        }
    }

    private static MethodHandle around(CFunction linked, MethodHandle function) {
        int count = function.type().parameterCount();
        MethodHandle spread = function.asSpreader(Object[].class, count);
        return MethodHandles.insertArguments(CALL, 0, linked.name, spread)
                .asCollector(Object[].class, count)
                .asType(function.type());
    }

    /** Replaces each call: the first of {@code arguments} is the memory for errno, the others are those of C. */
    private static long call(String name, MethodHandle function, Object[] arguments) throws Throwable {
        CALLS.merge(name, 1, Integer::sum);
        before.accept(name);
        Plan failure = take(name, arguments);
        long result = failure == null || failure.afterwards ? (long) function.invokeExact(arguments) : -1;
        if (failure == null) {
            return result;
        }
        ((MemorySegment) arguments[0]).set(ValueLayout.JAVA_INT, 0, failure.errno);
        return failure.result;
    }

    private static synchronized Plan take(String name, Object[] arguments) {
        boolean concerned = plan != null
                && plan.calls.contains(name)
                && plan.concerned.test(arguments[1 + plan.word] instanceof Long word ? word : 0);
        boolean fails = concerned && ++uses >= plan.use && uses - plan.use < plan.times;
        return fails ? plan : null;
    }

    private static MethodHandle call() {
        try {
            return MethodHandles.lookup()
                    .findStatic(
                            Faults.class,
                            "call",
                            MethodType.methodType(long.class, String.class, MethodHandle.class, Object[].class));
        } catch (ReflectiveOperationException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
