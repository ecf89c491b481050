package io.chagres.house;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.handle.Handle;
import io.chagres.loop.Resident;
import io.chagres.stream.Duplex;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Rules for everything that a program can hold in its hands: what it prints. */
class PublicTypesTest {

    @Test
    void everyObjectOfAPublicClassPrintsWhatItIs() {
        Stream<Class<?>> printed = Stream.concat(PublicApi.types().stream().filter(PublicTypesTest::hasInstances),
            Stream.of(Handle.class, Duplex.class, Resident.class));
        assertEquals(List.of(), printed.filter(PublicTypesTest::printsNothing).map(Class::getName).sorted().toList(),
            "without a toString");
    }

    /** Interfaces are a caller's; enums, records and exceptions print themselves; some classes have static methods only. */
    private static boolean hasInstances(Class<?> type) {
        return !type.isInterface() && !type.isEnum() && !type.isRecord() && !Throwable.class.isAssignableFrom(type)
            && !Modifier.isAbstract(type.getModifiers())
            && Stream.of(type.getDeclaredMethods()).anyMatch(method -> !Modifier.isStatic(method.getModifiers()));
    }

    private static boolean printsNothing(Class<?> type) {
        try {
            Method method = type.getMethod("toString");
            return method.getDeclaringClass() == Object.class;
        } catch (NoSuchMethodException impossible) {
            throw new AssertionError(impossible);
        }
    }
}
