package io.chagres.proxy;

import io.chagres.UsageException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Facts about the TLS between client and balancer: the value of a {@link Tlv#SSL}, immutable. {@link ProxyHeader#ssl()} returns it.
 *
 * <pre>{@code
 * SslTlv tls = socket.proxyHeader().ssl();
 * String user = tls != null && tls.isVerified() ? tls.commonName() : null;
 * }</pre>
 *
 * @see <a href="https://www.haproxy.org/download/1.8/doc/proxy-protocol.txt">The PROXY protocol, section 2.2.6</a>
 */
public final class SslTlv {

    /** The version of TLS as text: "TLSv1.3". */
    public static final int VERSION = 0x21;
    /** The common name in the client's certificate. */
    public static final int COMMON_NAME = 0x22;
    /** The cipher: "ECDHE-RSA-AES128-GCM-SHA256". */
    public static final int CIPHER = 0x23;
    /** The algorithm that has signed the certificate of the balancer: "SHA256". */
    public static final int SIGNATURE_ALGORITHM = 0x24;
    /** The algorithm of the key of the balancer's certificate: "RSA2048". */
    public static final int KEY_ALGORITHM = 0x25;

    private static final int CLIENT_SSL = 1;
    private static final int CLIENT_CERT_CONN = 2;
    private static final int CLIENT_CERT_SESS = 4;
    private static final int HEAD_BYTES = 5;
    private static final int MAX_FLAGS = 0xff;

    private final int client;
    private final int verify;
    private final List<Tlv> tlvs;

    private SslTlv(int client, int verify, List<Tlv> tlvs) {
        this.client = client;
        this.verify = verify;
        this.tlvs = tlvs;
    }

    /**
     * Returns a value to send.
     *
     * @param client the flags, 0 to 255: 1 for TLS, 2 for a certificate on this connection, 4 for one in this session of TLS
     * @param verify 0 if the client's certificate was verified, otherwise the error of the TLS library
     * @param tlvs the values inside it, of the types of this class
     * @throws UsageException ERR_OUT_OF_RANGE
     */
    public static SslTlv of(int client, int verify, Tlv... tlvs) {
        UsageException.requireRange(client, 0, MAX_FLAGS, "client");
        return new SslTlv(client, verify, List.of(UsageException.requireArgument(tlvs, "tlvs")));
    }

    static SslTlv parse(Tlv tlv) {
        ByteBuffer bytes = ByteBuffer.wrap(tlv.value());
        if (bytes.remaining() < HEAD_BYTES) {
            throw Malformed.because("an SSL TLV with " + bytes.remaining() + " bytes");
        }
        return new SslTlv(Byte.toUnsignedInt(bytes.get()), bytes.getInt(), Tlv.parseAll(bytes));
    }

    /**
     * Returns this as a value of a header.
     *
     * @throws UsageException ERR_OUT_OF_RANGE if it has more than 65,535 bytes
     */
    public Tlv toTlv() {
        ByteBuffer bytes = ByteBuffer.allocate(
                HEAD_BYTES + tlvs.stream().mapToInt(Tlv::encodedLength).sum());
        bytes.put((byte) client).putInt(verify);
        tlvs.forEach(tlv -> tlv.encode(bytes));
        return Tlv.of(Tlv.SSL, bytes.array());
    }

    /** Returns whether the client has connected over TLS. */
    public boolean isTls() {
        return (client & CLIENT_SSL) != 0;
    }

    /** Returns whether the client has shown a certificate, on this connection or an earlier one of its TLS session. */
    public boolean hasCertificate() {
        return (client & (CLIENT_CERT_CONN | CLIENT_CERT_SESS)) != 0;
    }

    /** Returns whether the client has shown a certificate, and the balancer has verified it. */
    public boolean isVerified() {
        return hasCertificate() && verify == 0;
    }

    /** Returns the version of TLS, "TLSv1.3"; null if the balancer did not send it. */
    public @Nullable String version() {
        return text(VERSION);
    }

    /** Returns the common name of the client's certificate; null if the balancer did not send it. */
    public @Nullable String commonName() {
        return text(COMMON_NAME);
    }

    /** Returns the cipher; null if the balancer did not send it. */
    public @Nullable String cipher() {
        return text(CIPHER);
    }

    private @Nullable String text(int type) {
        Tlv found = ProxyHeader.find(tlvs, type);
        return found == null ? null : found.text();
    }

    /** Returns all values inside it, in their order. */
    public List<Tlv> tlvs() {
        return tlvs;
    }

    /** Returns whether {@code object} has the same flags and values. */
    @Override
    public boolean equals(Object object) {
        return object instanceof SslTlv other
                && client == other.client
                && verify == other.verify
                && tlvs.equals(other.tlvs);
    }

    @Override
    public int hashCode() {
        return 31 * (31 * client + verify) + tlvs.hashCode();
    }

    /** Returns the facts as text: "SslTlv (TLSv1.3, verified CN example.org)". */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ", "SslTlv (", ")");
        if (version() != null) {
            text.add(Tlv.printable(version()));
        }
        if (hasCertificate()) {
            text.add((isVerified() ? "verified CN " : "unverified CN ") + Tlv.printable(commonName() + ""));
        }
        return text.toString();
    }
}
