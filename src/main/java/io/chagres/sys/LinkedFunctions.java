package io.chagres.sys;

import java.lang.invoke.MethodHandle;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * All functions that are linked, so that a wrapper can be put around each of them, and taken away again.
 *
 * <p>There are two places for wrappers. The inner one is for tests that make calls fail, the outer one is for {@link
 * ObservedCalls}, which sees those failures like answers of the kernel. A function that is linked later gets the wrappers,
 * too.
 */
final class LinkedFunctions {

    /** Makes a handle of the same type that calls another one. */
    interface Wrapper {
        MethodHandle around(CFunction function, MethodHandle handle);
    }

    private static final List<CFunction> ALL = new ArrayList<>();

    private static @Nullable Wrapper inner;
    private static @Nullable Wrapper outer;

    private LinkedFunctions() {}

    static synchronized void add(CFunction function) {
        ALL.add(function);
        wrap(function);
    }

    /** Sets the wrapper of tests that make calls fail; null for none. */
    static synchronized void setInner(@Nullable Wrapper wrapper) {
        inner = wrapper;
        ALL.forEach(LinkedFunctions::wrap);
    }

    /** Sets the wrapper of an observer; null for none. */
    static synchronized void setOuter(@Nullable Wrapper wrapper) {
        outer = wrapper;
        ALL.forEach(LinkedFunctions::wrap);
    }

    /** Returns the functions that are linked so far. */
    static synchronized List<CFunction> all() {
        return new ArrayList<>(ALL);
    }

    private static void wrap(CFunction function) {
        MethodHandle handle = function.linked;
        handle = inner == null ? handle : inner.around(function, handle);
        function.handle = outer == null ? handle : outer.around(function, handle);
    }
}
