package io.chagres.compare.server;

import java.util.Locale;

/** What a server does with a connection. */
public enum Mode {
    /** Sends back what comes. */
    ECHO,
    /** Reads what comes, and drops it. */
    SINK,
    /** Sends for as long as it is taken, in pieces of 64 KiB. */
    SOURCE,
    /** Answers HTTP requests with a line of text. */
    HTTP,
    /** Keeps values under keys, in Redis's protocol. */
    KEYS;

    /** As it is written on a command line. */
    public String argument() {
        return name().toLowerCase(Locale.ROOT);
    }
}
