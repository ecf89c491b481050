package io.chagres.tls;

import io.chagres.UsageException;
import io.chagres.net.Net;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Checks and texts that the options of clients and servers share. */
final class TlsNames {

    private static final int MAX_PROTOCOL = 255;
    private static final int MAX_HOST = 253;
    private static final Pattern HOST =
            Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?(\\.[A-Za-z0-9_]([A-Za-z0-9_-]*[A-Za-z0-9_])?)*");

    private TlsNames() {}

    static void requireServername(String name) {
        UsageException.requireArgument(name, "name");
        boolean isHost = name.length() <= MAX_HOST && HOST.matcher(name).matches();
        if (!isHost && !Net.isIPv6(name)) {
            throw new UsageException(
                    "ERR_INVALID_ARG_VALUE",
                    "The property 'options.servername' must be a host name in ASCII or an IP address. Received '" + name
                            + "'");
        }
    }

    static List<String> requireProtocols(String... protocols) {
        for (String protocol : UsageException.requireArgument(protocols, "protocols")) {
            int size = UsageException.requireArgument(protocol, "protocol").getBytes(StandardCharsets.UTF_8).length;
            if (size == 0 || size > MAX_PROTOCOL) {
                throw new UsageException(
                        "ERR_INVALID_ARG_VALUE",
                        "The name of a protocol has 1 to " + MAX_PROTOCOL + " bytes. Received '" + protocol + "'");
            }
        }
        return List.of(protocols);
    }

    static void requireNotNegative(Duration limit, String name) {
        if (UsageException.requireArgument(limit, name).isNegative()) {
            throw new UsageException(
                    "ERR_OUT_OF_RANGE",
                    "The value of \"" + name + "\" is out of range. It must be >= 0. Received " + limit);
        }
    }

    /** Adds an option that was set. */
    static void add(StringJoiner text, String name, @Nullable Object value) {
        if (value != null) {
            text.add(name + " " + value);
        }
    }
}
