package io.chagres.faults;

import io.chagres.sys.Faults;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.LongPredicate;

/**
 * One failure of one call.
 *
 * @param name what fails, and where
 * @param exercise what is going on
 * @param expected how that goes then
 * @param calls the C functions: mostly one
 * @param descriptorAt which of its arguments is the descriptor that must be of the exercise; -1 where it has none
 * @param use the how manieth call fails
 * @param times how many fail from that on; FOR_EVER until the one concerned has learnt of it
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

    /** @param others the descriptors of those that are not concerned */
    Faults.Plan plan(Set<Long> others) {
        LongPredicate concerned = descriptorAt < 0 ? any -> true : fd -> !others.contains(fd);
        return new Faults.Plan(calls, Math.max(0, descriptorAt), concerned, use, times, result, errno, afterwards);
    }
}
