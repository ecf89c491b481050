package io.chagres.tls;

import java.util.HexFormat;

/**
 * Private keys in the formats before PKCS#8, which the JDK does not read: PKCS#1 for RSA, and SEC 1 for elliptic curves. PKCS#8 wraps
 * them as they are:
 *
 * <pre>
 *     PrivateKeyInfo ::= SEQUENCE { version 0, SEQUENCE { algorithm, parameters }, OCTET STRING { the older key } }
 * </pre>
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5208">RFC 5208: PKCS #8</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc5915">RFC 5915: Elliptic Curve Private Key Structure</a>
 */
final class OlderKey {

    private static final byte[] VERSION = HexFormat.of().parseHex("020100");
    private static final byte[] RSA = HexFormat.of().parseHex("06092a864886f70d0101010500"); // rsaEncryption, NULL
    private static final byte[] EC = HexFormat.of().parseHex("06072a8648ce3d0201"); // id-ecPublicKey

    private OlderKey() {}

    static byte[] ofRsa(byte[] pkcs1) {
        return wrapped(RSA, pkcs1);
    }

    /** The parameters, in PKCS#8 beside the algorithm, are a part of the key in SEC 1, with the tag [0]. */
    static byte[] ofEc(byte[] sec1) {
        try {
            Der key = Der.of(sec1).enter(Der.SEQUENCE);
            key.skip(); // the version
            key.skip(); // the number
            return wrapped(Der.joined(EC, key.enter(Der.CONTEXT_0).rest()), sec1);
        } catch (IllegalArgumentException broken) {
            throw KeyReader.unsupported("keyPem has an EC PRIVATE KEY that is malformed or names no curve");
        }
    }

    private static byte[] wrapped(byte[] algorithm, byte[] key) {
        return Der.element(
                Der.SEQUENCE,
                Der.joined(VERSION, Der.element(Der.SEQUENCE, algorithm), Der.element(Der.OCTET_STRING, key)));
    }

    /**
     * Returns the JDK's name of the algorithm of a key in PKCS#8: the object identifier.
     *
     * @throws IllegalArgumentException if the key is malformed
     */
    static String algorithm(byte[] pkcs8) {
        Der info = Der.of(pkcs8).enter(Der.SEQUENCE);
        info.skip(); // the version
        return info.enter(Der.SEQUENCE).objectIdentifier();
    }
}
