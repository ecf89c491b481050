package io.chagres.compare.server;

/** The task of a server, from its arguments: {@code port mode [variant [loops]]}. */
record Task(int port, Mode mode, String variant, int loops) {

    static final String HOST = "127.0.0.1";
    static final int BACKLOG = 511;
    static final int PIECE = 64 * 1024;

    static Task of(String[] args) {
        return new Task(
                Integer.parseInt(args[0]),
                Mode.of(args[1]),
                args.length > 2 ? args[2] : "",
                args.length > 3 ? Integer.parseInt(args[3]) : 1);
    }

    /** Prints the line that the comparison waits for. */
    static void announce(int port) {
        // a concatenation is linked at its first use, and would make every start slower
        System.out.print("listening ");
        System.out.println(port);
    }

    IllegalArgumentException unknown() {
        return new IllegalArgumentException("no such server: " + mode.argument() + ' ' + variant);
    }
}
