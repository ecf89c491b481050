package io.chagres.tls;

import io.chagres.ChagresException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Names the errors of a TLS engine as OpenSSL names them, and so Node. The JDK has no codes, so its texts are compared: those of JDK 22 to
 * 25, which {@code TlsErrorsTest} makes by engines that fail.
 */
final class TlsErrors {

    private static final Pattern RECEIVED = Pattern.compile("Received fatal alert: (UNKNOWN ALERT \\(\\d+\\)|\\w+)");
    private static final Pattern SENT = Pattern.compile("^\\((\\w+)\\) ");

    /** Alerts by the versions that had them first. OpenSSL's names say which. */
    private static final Map<String, String> RECEIVED_REASONS = Map.ofEntries(
            Map.entry("unexpected_message", "sslv3 alert unexpected message"),
            Map.entry("bad_record_mac", "sslv3 alert bad record mac"),
            Map.entry("decompression_failure", "sslv3 alert decompression failure"),
            Map.entry("handshake_failure", "sslv3 alert handshake failure"),
            Map.entry("no_certificate", "sslv3 alert no certificate"),
            Map.entry("bad_certificate", "sslv3 alert bad certificate"),
            Map.entry("unsupported_certificate", "sslv3 alert unsupported certificate"),
            Map.entry("certificate_revoked", "sslv3 alert certificate revoked"),
            Map.entry("certificate_expired", "sslv3 alert certificate expired"),
            Map.entry("certificate_unknown", "sslv3 alert certificate unknown"),
            Map.entry("illegal_parameter", "sslv3 alert illegal parameter"),
            Map.entry("user_canceled", "tlsv1 alert user cancelled"),
            Map.entry("missing_extension", "tlsv13 alert missing extension"),
            Map.entry("certificate_required", "tlsv13 alert certificate required"),
            Map.entry("unsupported_extension", "tlsv1 unsupported extension"),
            Map.entry("certificate_unobtainable", "tlsv1 certificate unobtainable"),
            Map.entry("unrecognized_name", "tlsv1 unrecognized name"),
            Map.entry("bad_certificate_status_response", "tlsv1 bad certificate status response"),
            Map.entry("bad_certificate_hash_value", "tlsv1 bad certificate hash value"));

    /** A part of the JDK's text, and OpenSSL's reason. The first that fits is taken. */
    private record Local(String text, String reason) {}

    private static final List<Local> LOCAL_REASONS = List.of(
            new Local("plaintext connection?", "wrong version number"),
            new Local("unrecognized SSL message", "wrong version number"),
            new Local("SSL V2.0 servers", "wrong version number"),
            new Local("SSLv2Hello is not enabled", "unsupported protocol"),
            new Local("no cipher suites in common", "no shared cipher"),
            new Local("Client requested protocol", "unsupported protocol"),
            new Local("The client supported protocol versions", "unsupported protocol"),
            new Local("The server selected protocol version", "unsupported protocol"),
            new Local("Server chose", "unsupported protocol"),
            new Local("No appropriate protocol", "no protocols available"),
            new Local("Empty client certificate chain", "peer did not return a certificate"),
            new Local("No available authentication scheme", "no suitable signature algorithm"),
            new Local("No supported signature algorithm", "no suitable signature algorithm"),
            new Local("No common named group", "no suitable groups"),
            new Local("no matching application layer protocol", "no application protocol"),
            new Local("Tag mismatch", "decryption failed or bad record mac"),
            new Local("Insufficient", "length too short"),
            new Local("Input record too big", "packet length too long"),
            new Local("Bad input record size", "packet length too long"),
            new Local("The size of the handshake message", "excessive message size"),
            new Local("Finished message cannot be verified", "digest check failed"),
            new Local("Invalid CertificateVerify", "bad signature"),
            new Local("Invalid ECDH ServerKeyExchange signature", "bad signature"));

    private static final Map<String, String> LOCAL_BY_ALERT = Map.of(
            "bad_record_mac", "decryption failed or bad record mac",
            "record_overflow", "data length too long",
            "no_application_protocol", "no application protocol",
            "decode_error", "length mismatch",
            "protocol_version", "unsupported protocol");

    private TlsErrors() {}

    /**
     * Returns {@code thrown} as an error with Node's code, and with {@code thrown} as its cause.
     *
     * @param client whether this side is the client
     */
    static ChagresException of(Throwable thrown, boolean client) {
        if (thrown instanceof ChagresException error) {
            return error;
        }
        PeerCertificateException refused = refusedPeer(thrown);
        if (refused != null) {
            return refused.reason();
        }
        String text = String.valueOf(thrown.getMessage());
        Matcher received = RECEIVED.matcher(text);
        return received.find() ? received(received.group(1), thrown) : local(text, thrown, client);
    }

    /**
     * Like {@link #of(Throwable, boolean)}, and tells HTTP apart from other bytes that are not TLS.
     *
     * @param received from the first byte that the server has received
     */
    static ChagresException of(Throwable thrown, boolean client, ByteBuffer received) {
        ChagresException error = of(thrown, client);
        byte[] start = new byte[Math.min(5, received.remaining())];
        received.duplicate().get(start);
        String method = new String(start, StandardCharsets.ISO_8859_1);
        if (client || !error.code().equals("ERR_SSL_WRONG_VERSION_NUMBER")) {
            return error;
        }
        if (method.startsWith("CONNE")) {
            return exception("https proxy request", "the client speaks HTTP to a proxy, not TLS", thrown);
        }
        return List.of("GET ", "POST ", "HEAD ", "PUT ").stream().anyMatch(method::startsWith)
                ? exception("http request", "the client speaks HTTP, not TLS", thrown)
                : error;
    }

    private static @Nullable PeerCertificateException refusedPeer(Throwable thrown) {
        for (Throwable cause = thrown; cause != null; cause = cause.getCause()) {
            if (cause instanceof PeerCertificateException refused) {
                return refused;
            }
        }
        return null;
    }

    private static ChagresException received(String alert, Throwable thrown) {
        String reason = RECEIVED_REASONS.getOrDefault(alert, "tlsv1 alert " + alert.replace('_', ' '));
        return exception(reason, "the peer has sent the alert " + alert, thrown);
    }

    private static ChagresException local(String text, Throwable thrown, boolean client) {
        if (text.contains("close_notify during handshake")) {
            return new ChagresException(
                    "ECONNRESET",
                    client
                            ? "Client network socket disconnected before secure TLS connection was established"
                            : "socket hang up",
                    thrown);
        }
        if (text.contains("enegotiation")) {
            return new ChagresException(
                    "ERR_TLS_RENEGOTIATION_DISABLED", "TLS session renegotiation disabled for this socket", thrown);
        }
        for (Local local : LOCAL_REASONS) {
            if (text.contains(local.text())) {
                return exception(local.reason(), text, thrown);
            }
        }
        Matcher sent = SENT.matcher(text);
        if (sent.find()) {
            String alert = sent.group(1);
            return exception(LOCAL_BY_ALERT.getOrDefault(alert, alert.replace('_', ' ')), text, thrown);
        }
        return new ChagresException("EPROTO", text, thrown);
    }

    private static ChagresException exception(String reason, String why, Throwable thrown) {
        String code = "ERR_SSL_"
                + reason.toUpperCase(Locale.ROOT).replaceAll("\\W+", "_").replaceAll("_$", "");
        return new ChagresException(code, reason + ": " + why, thrown);
    }
}
