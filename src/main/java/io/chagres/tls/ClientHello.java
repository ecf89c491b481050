package io.chagres.tls;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The first message of a client, as far as a server has to know it before there is an engine: the name of the server, and the protocols
 * that the client speaks. What is malformed is left to the engine, which refuses it with the right alert.
 *
 * @param servername the host name of the server_name extension, RFC 6066; null without one
 * @param protocols those of the ALPN extension, RFC 7301, in the client's order; empty without one
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8446#section-4.1.2">RFC 8446, 4.1.2: Client Hello</a>
 */
record ClientHello(@Nullable String servername, List<String> protocols) {

    /** A hello that says nothing, or is malformed. */
    static final ClientHello SILENT = new ClientHello(null, List.of());

    private static final int HANDSHAKE_RECORD = 22;
    private static final int CLIENT_HELLO = 1;
    private static final int RANDOM_SIZE = 32;
    private static final int SERVER_NAME = 0;
    private static final int ALPN = 16;

    /** Returns the hello that {@code arrived} begins with, or null if the rest has not arrived. The buffer is not moved. */
    static @Nullable ClientHello read(ByteBuffer arrived) {
        ByteBuffer records = arrived.duplicate();
        ByteBuffer message = ByteBuffer.allocate(arrived.remaining());
        while (records.remaining() >= 5) {
            int type = records.get();
            int version = records.getShort();
            int length = records.getShort() & 0xffff;
            if (type != HANDSHAKE_RECORD || version >>> 8 != 3 || length > TlsMemory.MAX_RECORD) {
                return SILENT;
            }
            int there = Math.min(length, records.remaining());
            message.put(records.slice(records.position(), there));
            records.position(records.position() + there);
            if (isComplete(message)) {
                return parse(message.flip());
            }
        }
        return records.hasRemaining() && records.get() != HANDSHAKE_RECORD && message.position() == 0 ? SILENT : null;
    }

    /** Returns whether there is a whole message, or one that is no hello. */
    private static boolean isComplete(ByteBuffer message) {
        if (message.position() == 0) {
            return false;
        }
        boolean isHello = message.get(0) == CLIENT_HELLO;
        return !isHello || message.position() >= 4 && message.position() >= 4 + (message.getInt(0) & 0xffffff);
    }

    private static ClientHello parse(ByteBuffer message) {
        try {
            message.position(4 + 2 + RANDOM_SIZE);
            skip(message, message.get() & 0xff); // session id
            skip(message, message.getShort() & 0xffff); // cipher suites
            skip(message, message.get() & 0xff); // compression methods
            return message.hasRemaining() ? extensions(part(message)) : SILENT;
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException malformed) {
            return SILENT;
        }
    }

    private static ClientHello extensions(ByteBuffer list) {
        String servername = null;
        List<String> protocols = List.of();
        while (list.hasRemaining()) {
            int type = list.getShort() & 0xffff;
            ByteBuffer extension = part(list);
            if (type == SERVER_NAME && extension.hasRemaining()) {
                servername = hostName(part(extension));
            } else if (type == ALPN) {
                protocols = names(part(extension));
            }
        }
        return new ClientHello(servername, protocols);
    }

    private static @Nullable String hostName(ByteBuffer names) {
        while (names.hasRemaining()) {
            boolean isHost = names.get() == 0;
            String name = text(part(names));
            if (isHost) {
                return name;
            }
        }
        return null;
    }

    private static List<String> names(ByteBuffer list) {
        List<String> names = new ArrayList<>();
        while (list.hasRemaining()) {
            int size = list.get() & 0xff;
            names.add(text(list.slice(list.position(), size)));
            skip(list, size);
        }
        return List.copyOf(names);
    }

    /** Takes a part that begins with its length in two bytes. */
    private static ByteBuffer part(ByteBuffer from) {
        int size = from.getShort() & 0xffff;
        if (size > from.remaining()) {
            throw new BufferUnderflowException();
        }
        ByteBuffer part = from.slice(from.position(), size);
        skip(from, size);
        return part;
    }

    private static void skip(ByteBuffer from, int size) {
        from.position(from.position() + size);
    }

    private static String text(ByteBuffer bytes) {
        return StandardCharsets.ISO_8859_1.decode(bytes).toString();
    }
}
