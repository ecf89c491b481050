package io.chagres.service;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * A message of a handover. On the wire it is the length of the rest (4 bytes), the type (1 byte) and the payload. The layout of HELLO and
 * REFUSED is the same in all versions, so that each version understands the refusal of another.
 */
record Frame(Type type, ByteBuffer payload) {

    /** The types, in the order of their numbers. Those with a descriptor carry it with their first byte. */
    enum Type {
        /** From the new process: magic, version. */
        HELLO,
        /** From the old process, which closes after it: code, message. */
        REFUSED,
        /** From the old process, with a descriptor: inode, name. */
        LISTENER,
        /** From the old process: no further listener. */
        OFFERED,
        /** From the new process: it listens. */
        READY,
        /** From the old process, with a descriptor: inode, id, name, state of the connection. */
        CONNECTION,
        /** From the new process: id of a connection that it has. */
        TAKEN,
        /** From the new process: id of a connection that it does not want. */
        DECLINED,
        /** From the old process: it does not listen any more. */
        COMMITTED
    }

    /** The version of everything but HELLO and REFUSED. */
    static final int VERSION = 1;

    static final int MAGIC = 0x43484f56; // "CHOV"
    static final int MAX_BYTES = 1 << 28;
    static final int HEAD = Integer.BYTES + 1;

    private static final Type[] TYPES = Type.values();

    static Frame of(Type type) {
        return new Frame(type, ByteBuffer.allocate(0));
    }

    static Frame of(Type type, int number) {
        return new Frame(type, ByteBuffer.allocate(Integer.BYTES).putInt(number).flip());
    }

    static Frame hello(int version) {
        return new Frame(
                Type.HELLO,
                ByteBuffer.allocate(2 * Integer.BYTES)
                        .putInt(MAGIC)
                        .putInt(version)
                        .flip());
    }

    static Frame refused(String code, String message) {
        return new Frame(Type.REFUSED, text(code, message));
    }

    static Frame listener(long inode, String name) {
        ByteBuffer text = text(name);
        return new Frame(
                Type.LISTENER,
                ByteBuffer.allocate(Long.BYTES + text.remaining())
                        .putLong(inode)
                        .put(text)
                        .flip());
    }

    static Frame connection(long inode, int id, String name, ByteBuffer state) {
        ByteBuffer text = text(name);
        return new Frame(
                Type.CONNECTION,
                ByteBuffer.allocate(Long.BYTES + Integer.BYTES + text.remaining() + state.remaining())
                        .putLong(inode)
                        .putInt(id)
                        .put(text)
                        .put(state)
                        .flip());
    }

    private static ByteBuffer text(String... texts) {
        ByteBuffer all = ByteBuffer.allocate(0);
        for (String text : texts) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            all = ByteBuffer.allocate(all.remaining() + Integer.BYTES + bytes.length)
                    .put(all)
                    .putInt(bytes.length)
                    .put(bytes)
                    .flip();
        }
        return all;
    }

    /** Reads a text from the payload. */
    String text() {
        byte[] bytes = new byte[payload.getInt()];
        payload.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    /** Returns the bytes on the wire. */
    ByteBuffer encode() {
        return ByteBuffer.allocate(HEAD + payload.remaining())
                .putInt(1 + payload.remaining())
                .put((byte) type.ordinal())
                .put(payload.duplicate())
                .flip();
    }

    /** Returns the type of that number. */
    static Type type(int number) {
        if (number < 0 || number >= TYPES.length) {
            throw new IllegalArgumentException("no type " + number);
        }
        return TYPES[number];
    }
}
