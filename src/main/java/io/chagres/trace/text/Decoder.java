package io.chagres.trace.text;

import java.util.List;

/**
 * The way to print a function of the C library as the system call that the kernel sees.
 *
 * @param name the name of the system call
 * @param category {@code net}, {@code epoll} or {@code data}
 * @param result the kind of the result
 */
record Decoder(String name, String category, Result result, List<Argument> arguments) {

    /** The kinds of results. */
    enum Result {
        /** An int; negative for an error. */
        INT,
        /** A ssize_t; negative for an error. */
        SIZE,
        /** 1 or, for an error, 0. */
        TRUTH,
        /** An {@code EAI_} number. */
        EAI,
        /** An int, or flags: the result of fcntl. */
        FLAGS
    }
}
