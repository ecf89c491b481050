package io.chagres.tls;

import io.chagres.fixture.Talk;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.stream.Stream;

/**
 * Two connections between Chagres and an implementation of TLS that we did not write. The second connection resumes the session of the
 * first one. Each side sends {@link #LENGTH} bytes.
 *
 * @param key the key of the server, "rsa" or "ec"
 * @param hasClientCertificate whether the client has a certificate, of the same kind of key
 */
record Encounter(Other other, Role ours, TlsVersion version, String key, boolean hasClientCertificate, Order order) {

    static final int LENGTH = 300_000;
    static final String PROTOCOL = "chagres";

    /** The other side. */
    enum Other {
        OPENSSL,
        NODE,
        JAVAX
    }

    /** What Chagres is. */
    enum Role {
        CLIENT,
        SERVER
    }

    /** Which side ends its way first, and when the other side sends. */
    enum Order {
        /** The client sends and half-closes. The server answers after that end. */
        CLIENT_ENDS_FIRST,
        /** The server sends and half-closes. The client answers after that end. */
        SERVER_ENDS_FIRST,
        /** Both send at once. Chagres ends when it has received all. */
        NO_HALF_CLOSE
    }

    /** The facts about one connection that one side has seen. {@code end} is "end" after a close_notify, else an error. */
    record Seen(String digest, boolean reused, String protocol, boolean authorized, String alpn, String end) {}

    /**
     * Returns the encounters that both sides are able to have: two for each version, one with an RSA and one with an EC key. With TLS 1.2,
     * the EC one has a client certificate, with TLS 1.3 the RSA one.
     */
    static List<Encounter> all() {
        List<Encounter> all = new ArrayList<>();
        for (Other other : Other.values()) {
            for (Role ours : Role.values()) {
                for (TlsVersion version : TlsVersion.values()) {
                    List<Order> orders = Stream.of(Order.values())
                            .filter(order -> isPossible(other, ours, version, order))
                            .toList();
                    boolean isNew = version == TlsVersion.TLS_1_3;
                    all.add(new Encounter(other, ours, version, "rsa", isNew, orders.getFirst()));
                    all.add(new Encounter(other, ours, version, "ec", !isNew, orders.getLast()));
                }
            }
        }
        return all;
    }

    /** openssl(1) has no half-close. With TLS 1.2 the JDK's engine ends its own way as soon as the peer has ended. */
    private static boolean isPossible(Other other, Role ours, TlsVersion version, Order order) {
        return switch (order) {
            case NO_HALF_CLOSE -> version == TlsVersion.TLS_1_2 || other == Other.OPENSSL;
            case CLIENT_ENDS_FIRST ->
                other != Other.OPENSSL && (version == TlsVersion.TLS_1_3 || other == Other.NODE && ours == Role.CLIENT);
            case SERVER_ENDS_FIRST ->
                other != Other.OPENSSL && (version == TlsVersion.TLS_1_3 || other == Other.NODE && ours == Role.SERVER);
        };
    }

    /** Returns whether {@code role} ends its way before it has received anything. */
    boolean endsFirst(Role role) {
        return order == (role == Role.CLIENT ? Order.CLIENT_ENDS_FIRST : Order.SERVER_ENDS_FIRST);
    }

    /** Returns whether a side sends only after the end of the other one. */
    boolean answersAnEnd(Role role) {
        return order != Order.NO_HALF_CLOSE && !endsFirst(role);
    }

    Role theirs() {
        return ours == Role.CLIENT ? Role.SERVER : Role.CLIENT;
    }

    /** Returns the bytes that {@code role} sends. openssl(1) takes some letters for commands, so they are digits. */
    byte[] bytesOf(Role role) {
        return Payload.BYTES[other == Other.OPENSSL ? 1 : 0][role.ordinal()];
    }

    /** The bytes of both roles: any, and digits. */
    private static final class Payload {
        static final byte[][][] BYTES = {{bytes(0, 0xff), bytes(1, 0xff)}, {bytes(0, 7), bytes(1, 7)}};

        private static byte[] bytes(int seed, int mask) {
            byte[] bytes = Talk.noise(seed, LENGTH);
            for (int i = 0; i < LENGTH && mask == 7; i++) {
                bytes[i] = (byte) ('0' + (bytes[i] & mask));
            }
            return bytes;
        }
    }

    /** Returns the facts that {@code role} should see about both connections. */
    List<Seen> expectedBy(Role role) {
        String digest = digest(bytesOf(role == Role.CLIENT ? Role.SERVER : Role.CLIENT));
        boolean authorized = role == Role.CLIENT || hasClientCertificate;
        return List.of(
                new Seen(digest, false, version.protocol(), authorized, PROTOCOL, "end"),
                new Seen(digest, true, version.protocol(), authorized, PROTOCOL, "end"));
    }

    static String digest(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }

    @Override
    public String toString() {
        return ("Chagres as " + ours + " with " + other + ", " + version.protocol() + ", " + key
                        + (hasClientCertificate ? " and a client certificate, " : ", ") + order)
                .replace('_', ' ');
    }
}
