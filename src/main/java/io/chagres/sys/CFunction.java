package io.chagres.sys;

import java.lang.invoke.MethodHandle;

/**
 * A function of the C library, linked by {@link Libc}.
 *
 * <p>Its handle is an instance field, and so no constant to the just-in-time compiler, on purpose. For each call the linker
 * makes a 40-byte view of the segment that errno goes to, which the compiler does away with where it inlines the call to its
 * end, seven methods down. As a constant the handle is inlined wherever it is called, and where the compiler's limit of 15
 * levels falls into those seven, depending on which method it happened to compile first, each call leaves the view behind:
 * recv from a loop did in one run of several. This way the call begins a unit of its own, always inlined to its end. It
 * costs nothing that can be measured: recv of a wrong descriptor takes some 300 ns either way.
 */
final class CFunction {

    final MethodHandle handle;

    CFunction(MethodHandle handle) {
        this.handle = handle;
    }
}
