package io.chagres.faults;

import io.chagres.sys.Faults;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/**
 * One failure of one call.
 *
 * @param name the call, the error and the exercise
 * @param exercise the work during which the call fails
 * @param expected the outcome of the exercise
 * @param calls the C functions, usually one
 * @param descriptorAt the index of the argument that is a descriptor of the exercise; -1 if there is none
 * @param use the number of the call that fails, counted from 1
 * @param times the number of calls that fail from that one on; FOR_EVER until the side concerned has noticed
 */
record FaultCase(
        String name,
        BiConsumer<World, Consumer<String>> exercise,
        String expected,
        Set<String> calls,
        int descriptorAt,
        int use,
        int times,
        long result,
        int errno,
        boolean afterwards) {

    static final int FOR_EVER = Integer.MAX_VALUE;

    /** @param others the descriptors of the sides that are not concerned */
    Faults.Plan plan(Set<Long> others) {
        LongPredicate concerned = descriptorAt < 0 ? any -> true : fd -> !others.contains(fd);
        return new Faults.Plan(calls, Math.max(0, descriptorAt), concerned, use, times, result, errno, afterwards);
    }
}
