package io.chagres.net;

import io.chagres.loop.internal.Listeners;
import io.chagres.stream.DuplexOptions;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.Set;
import java.util.TreeMap;

/**
 * The value of every field of a socket, and of the objects that only this socket has, by the path to it. Two sockets in the
 * same state have the same fields, and a field that is added later is compared without a change here. Null is left out.
 */
final class SocketFields {

    /** The parts of a socket, which are looked into. Of any other object the class is noted. */
    private static final Set<String> PARTS = Set.of(
            "Socket",
            "Connection",
            "ClientState",
            "SocketSettings",
            "ReadableState",
            "WritableState",
            "Lifecycle",
            "WritableListeners",
            "Rare",
            "Feeds",
            "Chunks",
            "Opening",
            "ConnectAttempts");

    /** What differs between any two connections. */
    private static final Set<String> OF_THE_MOMENT = Set.of("remote", "port", "previous", "next");

    /** What the user has set, and what therefore stays. */
    private static final Set<String> OF_THE_USER =
            Set.of("wishesPause", "wishesFlow", "noDelay", "keepAlive", "referenced", "typeOfService");

    private final TreeMap<String, String> values = new TreeMap<>();
    private final TreeMap<String, Integer> counts = new TreeMap<>();
    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());

    private SocketFields() {}

    static TreeMap<String, String> of(Socket socket) {
        SocketFields fields = new SocketFields();
        fields.lookInto("", socket);
        return fields.values;
    }

    /** The fields with listeners, and how many each has, those of the test included. */
    static TreeMap<String, Integer> listenersOf(Socket socket) {
        SocketFields fields = new SocketFields();
        fields.lookInto("", socket);
        return fields.counts;
    }

    private void lookInto(String path, Object part) {
        if (!seen.add(part)) {
            return;
        }
        for (Class<?> type = part.getClass(); type != Object.class; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                String name = field.getName();
                if (!Modifier.isStatic(field.getModifiers())
                        && !OF_THE_MOMENT.contains(name)
                        && !OF_THE_USER.contains(name)
                        && !(part instanceof SocketSettings && name.equals("options"))) {
                    note(path + "." + name, valueOf(field, part));
                }
            }
        }
    }

    private static Object valueOf(Field field, Object part) {
        try {
            field.setAccessible(true);
            return field.get(part);
        } catch (IllegalAccessException closed) {
            throw new AssertionError(closed);
        }
    }

    private void note(String path, Object value) {
        switch (value) {
            case null -> {}
            case Number number -> values.put(path, number.toString());
            case Boolean bool -> values.put(path, bool.toString());
            case Enum<?> constant -> values.put(path, constant.name());
            case Collection<?> many -> values.put(path, many.size() + " of them");
            case Listeners<?> list -> noteListeners(path, list);
            case DuplexOptions options -> values.put(path, options.toString());
            case Object other -> noteOther(path, other);
        }
    }

    private void noteOther(String path, Object other) {
        if (PARTS.contains(other.getClass().getSimpleName())) {
            lookInto(path, other);
        } else {
            values.put(path, nameOf(other));
        }
    }

    /** As values, only those that are not the test's own. */
    private void noteListeners(String path, Listeners<?> list) {
        for (Listeners<?> at = list; at != null; at = at.next()) {
            counts.merge(path, 1, Integer::sum);
            if (!at.listener().getClass().getName().contains("Test")) {
                values.merge(path, nameOf(at.listener()), (before, added) -> before + ", " + added);
            }
        }
    }

    /** A lambda is called after the class that it is written in. */
    private static String nameOf(Object other) {
        return other.getClass().getName().replaceFirst("\\$\\$Lambda.*", " lambda");
    }
}
