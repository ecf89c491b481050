package io.chagres.sys;

import java.lang.invoke.MethodHandle;

/**
 * A function of the C library, linked by {@link Libc}.
 *
 * <p>Its handle is an instance field, not a constant of the just-in-time compiler, on purpose. For each call, the
 * linker makes a 40-byte view of the segment that errno is written to. The compiler removes that view if it inlines
 * the call to its end, seven methods down.
 *
 * <p>If the handle were a constant, it would be inlined into each caller. Where the compiler's limit of 15 levels
 * falls into those seven methods, each call leaves the view behind as garbage. Whether that happens depends on which
 * method the compiler compiled first: it did for recv from a loop in one run of several.
 *
 * <p>With a field, the call is a compilation unit of its own, always inlined to its end. The cost is too small to
 * measure: recv of a wrong descriptor takes some 300 ns either way.
 *
 * <p>The compiler does not trust a final instance field, so each call loads the handle. For that reason {@link
 * LinkedFunctions} can exchange it while the program runs, and a call that is not observed pays nothing for that: there is
 * no test and no field in addition. The field is not volatile. Another thread may use the earlier handle for a moment.
 */
final class CFunction {

    /** The name in the C library. */
    final String name;

    /** The handle as it was linked. */
    final MethodHandle linked;

    /** The handle that calls use: {@link #linked}, or a wrapper around it. */
    MethodHandle handle;

    CFunction(String name, MethodHandle linked) {
        this.name = name;
        this.linked = linked;
        this.handle = linked;
        LinkedFunctions.add(this);
    }
}
