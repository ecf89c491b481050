package io.chagres.compare.server;

import java.util.Locale;

/** What a server is to do, from its arguments: {@code port mode [variant]}. */
record Task(int port, Mode mode, String variant) {

    static final String HOST = "127.0.0.1";
    static final int BACKLOG = 511;
    static final int PIECE = 64 * 1024;

    static Task of(String[] args) {
        return new Task(
                Integer.parseInt(args[0]),
                Mode.valueOf(args[1].toUpperCase(Locale.ROOT)),
                args.length > 2 ? args[2] : "");
    }

    /** The one line that whoever started it waits for. */
    static void announce(int port) {
        // a concatenation is linked at its first use, and would add to everybody's start
        System.out.print("listening ");
        System.out.println(port);
    }

    IllegalArgumentException unknown() {
        return new IllegalArgumentException("no such server: " + mode.argument() + ' ' + variant);
    }
}
