package io.chagres.house;

import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Stream;

/** The floors of the house, lowest first. */
enum Floor {
    SYS,
    JFR,
    LOOP,
    TRACE,
    HANDLE,
    ADDRESS,
    PROXY,
    SOCKET,
    STREAM,
    FRAMING,
    NET,
    TLS,
    BLOCKING,
    GROUP,
    SERVICE;

    /** The package of the exceptions, which all floors but the lowest import. */
    static final String BASE = "io.chagres";

    /** Returns the floor's package, for instance {@code io.chagres.sys}. */
    String packageName() {
        return "io.chagres." + name().toLowerCase(Locale.ROOT);
    }

    /** Matches the floor's package and those inside it, in ArchUnit's notation. */
    String packages() {
        return packageName() + "..";
    }

    String[] packagesAbove() {
        return above().map(Floor::packages).toArray(String[]::new);
    }

    Stream<Floor> above() {
        return Arrays.stream(values()).filter(other -> other.ordinal() > ordinal());
    }
}
