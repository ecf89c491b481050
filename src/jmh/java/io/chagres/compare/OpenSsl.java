package io.chagres.compare;

import io.chagres.compare.machine.Command;
import io.chagres.compare.server.Mode;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;

/** OpenSSL's library for C, which the clients of TLS need, and a contestant. */
final class OpenSsl {

    private static final String MISSING = look();

    private OpenSsl() {}

    /** Returns the reason why no program can be compiled with it; null if one can. */
    static String missing() {
        return MISSING;
    }

    private static String look() {
        if (!Command.exists("gcc")) {
            return "gcc is not installed";
        }
        try {
            Command.output("gcc", "-fsyntax-only", "-include", "openssl/ssl.h", "-x", "c", "/dev/null");
            return null;
        } catch (IOException noHeader) {
            return "the headers of OpenSSL are not installed (libssl-dev)";
        }
    }

    /** Compiles {@code NAME.c} with it, and returns the program. */
    static String program(Workshop workshop, String name) throws IOException {
        return workshop.c(name, "-pthread", "-lssl", "-lcrypto");
    }

    /**
     * Returns the command of clients.
     *
     * @param work their work, see src/jmh/c/secure.c
     * @param size the bytes of a message; without effect on other work
     */
    static List<String> clients(
            Workshop workshop, InetSocketAddress server, Mode mode, String work, int connections, int size)
            throws IOException {
        return List.of(
                program(workshop, "secure"),
                Integer.toString(server.getPort()),
                work,
                Integer.toString(connections),
                Integer.toString(size),
                mode.certificate());
    }
}
