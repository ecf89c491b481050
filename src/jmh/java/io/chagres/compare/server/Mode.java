package io.chagres.compare.server;

import java.util.Locale;

/** The ways in which a server treats a connection. */
public enum Mode {
    /** Sends back all bytes. */
    ECHO,
    /** Reads all bytes, and drops them. */
    SINK,
    /** Sends pieces of 64 KiB, as long as they are accepted. */
    SOURCE,
    /** Answers HTTP requests with a line of text. */
    HTTP,
    /** Keeps values under keys, in Redis's protocol. */
    KEYS;

    /** Returns the name of the mode on a command line. */
    public String argument() {
        return name().toLowerCase(Locale.ROOT);
    }
}
