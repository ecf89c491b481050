package io.chagres.tls;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/** The first message of a client, as bytes. */
final class Hello {

    private static final int[] CIPHERS = {0x002f, 0xc009, 0xc013};

    private Hello() {}

    /** A hello that offers old ciphers and no version above {@code version}: 0x0300 is SSL 3.0, 0x0302 is TLS 1.1. */
    static byte[] ofVersion(int version) {
        return of(version, "");
    }

    /** A hello of TLS 1.2 for {@code servername}; without a name if it is empty. */
    static byte[] ofName(String servername) {
        return of(0x0303, servername);
    }

    private static byte[] of(int version, String servername) {
        ByteArrayOutputStream body = new ByteArrayOutputStream();
        put(body, version);
        body.writeBytes(new byte[32]);
        body.write(0);
        put(body, 2 * CIPHERS.length);
        for (int cipher : CIPHERS) {
            put(body, cipher);
        }
        body.write(1);
        body.write(0);
        if (!servername.isEmpty()) {
            byte[] name = servername.getBytes(StandardCharsets.US_ASCII);
            put(body, name.length + 9);
            put(body, 0);
            put(body, name.length + 5);
            put(body, name.length + 3);
            body.write(0);
            put(body, name.length);
            body.writeBytes(name);
        }
        ByteArrayOutputStream record = new ByteArrayOutputStream();
        record.write(22);
        put(record, Math.min(version, 0x0301));
        put(record, body.size() + 4);
        record.write(1);
        record.write(0);
        put(record, body.size());
        record.writeBytes(body.toByteArray());
        return record.toByteArray();
    }

    private static void put(ByteArrayOutputStream bytes, int value) {
        bytes.write(value >> 8);
        bytes.write(value);
    }

    /** Returns the numbers of the ciphers that the hello in {@code record} offers, in its order. */
    static List<Integer> ciphersOf(ByteBuffer record) {
        ByteBuffer hello = record.duplicate();
        hello.position(hello.position() + 5 + 4 + 2 + 32);
        hello.position(hello.position() + 1 + hello.get(hello.position()));
        List<Integer> ciphers = new ArrayList<>();
        for (int left = hello.getShort(); left > 0; left -= 2) {
            ciphers.add(hello.getShort() & 0xffff);
        }
        return ciphers;
    }
}
