package io.chagres.house;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.HangGuard;
import io.chagres.handle.Handle;
import io.chagres.loop.internal.Resident;
import io.chagres.net.Server;
import io.chagres.net.Socket;
import io.chagres.stream.Duplex;
import io.chagres.stream.Readable;
import io.chagres.stream.Writable;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Rules for all public types: they have a toString, and their listeners can be removed. */
@ExtendWith(HangGuard.class)
class PublicTypesTest {

    @Test
    void everyPublicClassHasAToString() {
        Stream<Class<?>> printed = Stream.concat(
                PublicApi.types().stream().filter(PublicTypesTest::hasInstances),
                Stream.of(Handle.class, Duplex.class, Resident.class));
        assertEquals(
                List.of(),
                printed.filter(PublicTypesTest::printsNothing)
                        .map(Class::getName)
                        .sorted()
                        .toList(),
                "without a toString");
    }

    /** A caller implements interfaces. Enums, records and exceptions have a toString. Some classes have static methods only. */
    private static boolean hasInstances(Class<?> type) {
        return !type.isInterface()
                && !type.isEnum()
                && !type.isRecord()
                && !Throwable.class.isAssignableFrom(type)
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

    @Test
    void everyListenerThatCanBeAddedCanBeRemoved() {
        List<String> lasting = listenerMethods()
                .filter(on -> off(on) == null)
                .map(PublicTypesTest::text)
                .toList();
        assertEquals(List.of(), lasting, "without an off method");
    }

    @Test
    void aMethodThatAddsAListenerReturnsTheTypeThatItIsCalledOn() {
        assertEquals(
                List.of(),
                listenerMethods()
                        .filter(on -> Stream.of(Socket.class, Server.class).anyMatch(type -> isOf(type, on)))
                        .filter(on -> on.getReturnType() != Socket.class && on.getReturnType() != Server.class)
                        .map(PublicTypesTest::text)
                        .distinct()
                        .toList(),
                "end a chain of calls");
    }

    @Test
    void aMethodThatRemovesAListenerReturnsNothing() {
        assertEquals(
                List.of(),
                listenerMethods()
                        .map(PublicTypesTest::off)
                        .filter(off -> off.getReturnType() != void.class)
                        .map(PublicTypesTest::text)
                        .distinct()
                        .toList());
    }

    @Test
    void aChainOfCallsOnASocketStaysWithTheSocket() {
        assertEquals(
                List.of(),
                Stream.of(Socket.class.getMethods())
                        .filter(method -> !method.isBridge() && !Modifier.isStatic(method.getModifiers()))
                        .filter(method -> List.of(Duplex.class, Readable.class, Writable.class)
                                .contains(method.getReturnType()))
                        .map(Method::getName)
                        .filter(name -> !name.equals("layer") && !name.equals("pipe")) // return another stream
                        .distinct()
                        .toList(),
                "return a type above Socket");
    }

    /**
     * Returns the {@code onX} methods that add a listener. Methods that return the way to remove it are left out, and so are options and
     * the interfaces that a caller implements: their {@code onX} is a setting, or the listener itself.
     */
    private static Stream<Method> listenerMethods() {
        return PublicApi.types().stream()
                .filter(type -> !type.getSimpleName().endsWith("Options"))
                .filter(type -> !type.isInterface() || type.isSealed())
                .flatMap(type -> Stream.of(type.getMethods()))
                .filter(method -> !method.isBridge()
                        && !method.isSynthetic()
                        && !Modifier.isStatic(method.getModifiers())
                        && method.getName().matches("on[A-Z].*")
                        && method.getReturnType() != Runnable.class);
    }

    /** Returns the method of the same class that removes the listener, which is the last parameter of {@code on}. */
    private static Method off(Method on) {
        Class<?>[] parameters = on.getParameterTypes();
        return Stream.of(on.getDeclaringClass().getMethods())
                .filter(method -> !method.isBridge() && !method.isSynthetic())
                .filter(method -> method.getName().equals("off" + on.getName().substring(2)))
                .filter(method ->
                        List.of(method.getParameterTypes()).equals(List.of(parameters[parameters.length - 1])))
                .findFirst()
                .orElse(null);
    }

    private static boolean isOf(Class<?> type, Method method) {
        return Stream.of(type.getMethods()).anyMatch(method::equals);
    }

    private static String text(Method method) {
        return method.getDeclaringClass().getSimpleName() + "." + method.getName();
    }
}
