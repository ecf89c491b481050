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
 * @param call the C function
 * @param descriptorAt which of its arguments is the descriptor that must be of the exercise; -1 where it has none
 * @param use the how manieth call fails
 */
record FaultCase(
        String name, BiConsumer<World, Consumer<String>> exercise, String expected,
        String call, int descriptorAt, int use, long result, int errno, boolean afterwards) {

    /** @param others the descriptors of those that are not concerned */
    Faults.Plan plan(Set<Long> others) {
        LongPredicate concerned = descriptorAt < 0 ? any -> true : fd -> !others.contains(fd);
        return new Faults.Plan(call, Math.max(0, descriptorAt), concerned, use, result, errno, afterwards);
    }
}
