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
    KEYS,
    /** The first three over TLS, with a certificate of ECDSA P-256. */
    TLS_ECHO(ECHO, "ec"),
    TLS_SINK(SINK, "ec"),
    TLS_SOURCE(SOURCE, "ec"),
    /** Echo over TLS, with a certificate of RSA-2048. */
    TLS_ECHO_RSA(ECHO, "rsa");

    private final Mode plain;
    private final String identity;

    Mode() {
        plain = this;
        identity = null;
    }

    Mode(Mode plain, String identity) {
        this.plain = plain;
        this.identity = identity;
    }

    /** Returns the name of the mode on a command line. */
    public String argument() {
        return name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    static Mode of(String argument) {
        return valueOf(argument.toUpperCase(Locale.ROOT).replace('-', '_'));
    }

    public boolean isTls() {
        return identity != null;
    }

    /** Returns the way in which the plain bytes are treated. */
    Mode plain() {
        return plain;
    }

    /** Returns the path of the server's certificate, in PEM. */
    public String certificate() {
        return "src/jmh/tls/" + identity + "-certificate.pem";
    }

    /** Returns the path of its key, in PEM, PKCS#8. */
    String key() {
        return "src/jmh/tls/" + identity + "-key.pem";
    }
}
