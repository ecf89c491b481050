package io.chagres.sys;

import java.util.Set;

/**
 * The abilities of newer systems that a test has taken away, so that the ways of older systems run on a newer one.
 *
 * <p>The property {@code chagres.test.without} names them, separated by commas. It is for tests only, and is read once, when
 * the package is initialized:
 *
 * <pre>{@code
 *   critical       critical calls that capture errno. JDK 22 and 23 have none: recv and send copy heap memory.
 *   epoll_pwait2   musl, glibc before 2.35 and Linux before 5.11 have none: a timer may be up to 1 ms late.
 * }</pre>
 *
 * <p>The answers are stored in static final fields, so a call pays nothing for the question.
 */
final class TakenAway {

    static final String PROPERTY = "chagres.test.without";

    static final String CRITICAL = "critical";

    private static final Set<String> KNOWN = Set.of(CRITICAL, "epoll_pwait2");

    private static final Set<String> NAMES = names(System.getProperty(PROPERTY, ""));

    private TakenAway() {}

    static boolean has(String ability) {
        return NAMES.contains(ability);
    }

    /** A test that takes nothing away by mistake would pass without a reason, so a wrong name is an error. */
    static Set<String> names(String list) {
        Set<String> names = list.isEmpty() ? Set.of() : Set.of(list.split(","));
        if (!KNOWN.containsAll(names)) {
            throw new IllegalArgumentException(PROPERTY + "=" + list + ": the names are critical and epoll_pwait2");
        }
        return names;
    }
}
