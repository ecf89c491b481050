package io.chagres.tls;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.math.BigInteger;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.ECGenParameterSpec;
import java.util.ArrayList;
import java.util.List;
import javax.security.auth.x500.X500Principal;

/** Issues certificates for tests that need names of their own. All leaves have the same key on P-256. */
final class Authority {

    private static final KeyPair LEAF = newKey();
    private static final byte[] ECDSA_WITH_SHA256 = {6, 8, 0x2a, (byte) 0x86, 0x48, (byte) 0xce, 0x3d, 4, 3, 2};
    private static final byte[] BASIC_CONSTRAINTS = {6, 3, 0x55, 0x1d, 0x13};
    private static final byte[] ALTERNATIVE_NAME = {6, 3, 0x55, 0x1d, 0x11};
    private static final byte[] ISSUES = {0x30, 3, 1, 1, -1};

    private final KeyPair key = newKey();
    private final X500Principal name;
    private final List<X509Certificate> above;
    private final X509Certificate certificate;
    private int serial = 1;

    /** @param name for instance "CN=Root" */
    Authority(String name) {
        this.name = new X500Principal(name);
        above = List.of();
        certificate = sign(this.name, key, extension(BASIC_CONSTRAINTS, ISSUES));
    }

    private Authority(String name, Authority issuer) {
        this.name = new X500Principal(name);
        certificate = issuer.sign(this.name, key, extension(BASIC_CONSTRAINTS, ISSUES));
        above = List.of(certificate);
    }

    /** An intermediate: the chains of what it issues include its own certificate. */
    Authority intermediate(String name) {
        return new Authority(name, this);
    }

    /** Its own certificate. */
    X509Certificate certificate() {
        return certificate;
    }

    /** A certificate without alternative names. */
    Identity issue(String subject) {
        return withChain(sign(new X500Principal(subject), LEAF));
    }

    private Identity withChain(X509Certificate leaf) {
        List<X509Certificate> chain = new ArrayList<>(List.of(leaf));
        chain.addAll(above);
        return new Identity(chain, LEAF.getPrivate());
    }

    /** @param names made by {@link #dns}, {@link #ip} and {@link #uri} */
    Identity issue(String subject, byte[]... names) {
        X509Certificate leaf = sign(new X500Principal(subject), LEAF, extension(ALTERNATIVE_NAME, tagged(0x30, names)));
        return withChain(leaf);
    }

    /** A certificate that is its own issuer. */
    static Identity selfSigned(String subject) {
        Authority self = new Authority(subject);
        return new Identity(List.of(self.certificate), self.key.getPrivate());
    }

    static byte[] dns(String name) {
        return tagged(0x82, name.getBytes(StandardCharsets.ISO_8859_1));
    }

    static byte[] uri(String name) {
        return tagged(0x86, name.getBytes(StandardCharsets.ISO_8859_1));
    }

    static byte[] ip(String address) {
        try {
            return tagged(0x87, InetAddress.getByName(address).getAddress());
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static KeyPair newKey() {
        try {
            KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
            generator.initialize(new ECGenParameterSpec("secp256r1"));
            return generator.generateKeyPair();
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private X509Certificate sign(X500Principal subject, KeyPair owner, byte[]... extensions) {
        byte[] algorithm = tagged(0x30, ECDSA_WITH_SHA256);
        byte[] always = tagged(0x30, time("20200101000000Z"), time("21200101000000Z"));
        byte[] content = tagged(
                0x30,
                tagged(0xa0, integer(2)),
                integer(serial++),
                algorithm,
                name.getEncoded(),
                always,
                subject.getEncoded(),
                owner.getPublic().getEncoded(),
                extensions.length == 0 ? new byte[0] : tagged(0xa3, tagged(0x30, extensions)));
        try {
            Signature signature = Signature.getInstance("SHA256withECDSA");
            signature.initSign(key.getPrivate());
            signature.update(content);
            byte[] whole = tagged(0x30, content, algorithm, tagged(3, new byte[] {0}, signature.sign()));
            return (X509Certificate)
                    CertificateFactory.getInstance("X.509").generateCertificate(new ByteArrayInputStream(whole));
        } catch (GeneralSecurityException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] extension(byte[] type, byte[] value) {
        return tagged(0x30, type, tagged(4, value));
    }

    private static byte[] integer(int value) {
        return tagged(2, BigInteger.valueOf(value).toByteArray());
    }

    private static byte[] time(String time) {
        return tagged(0x18, time.getBytes(StandardCharsets.US_ASCII));
    }

    /** A value of DER: a tag, a length, and the parts. */
    private static byte[] tagged(int tag, byte[]... parts) {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            content.writeBytes(part);
        }
        ByteArrayOutputStream whole = new ByteArrayOutputStream();
        whole.write(tag);
        int length = content.size();
        if (length > 255) {
            whole.write(0x82);
            whole.write(length >> 8);
        } else if (length > 127) {
            whole.write(0x81);
        }
        whole.write(length);
        whole.writeBytes(content.toByteArray());
        return whole.toByteArray();
    }
}
