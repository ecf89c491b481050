package io.chagres.loop.internal;

import org.jspecify.annotations.Nullable;

/** The names of callbacks in a text for people: the text of the object if it has one, otherwise the class that wrote the lambda. */
public final class Callee {

    private Callee() {}

    /** Returns whether the class of {@code callback} gives it a text. */
    public static boolean hasText(Object callback) {
        try {
            return callback.getClass().getMethod("toString").getDeclaringClass() != Object.class;
        } catch (Throwable broken) {
            return false;
        }
    }

    /** Returns a name of {@code callback}, as in {@code a lambda of EchoServer}; never throws; any thread. */
    public static String nameOf(@Nullable Object callback) {
        if (callback == null) {
            return "nothing";
        }
        Class<?> type = callback.getClass();
        try {
            if (hasText(callback)) {
                return callback.toString();
            }
        } catch (Throwable broken) {
            // its class has a name in any case
        }
        String name = type.getName();
        int lambda = name.indexOf("$$Lambda");
        return lambda < 0 ? name : "a lambda of " + name.substring(0, lambda);
    }
}
