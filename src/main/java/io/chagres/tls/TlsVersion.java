package io.chagres.tls;

/**
 * A version of TLS that Chagres speaks. Older ones are refused: RFC 8996 forbids them.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc8996">RFC 8996: Deprecating TLS 1.0 and TLS 1.1</a>
 */
public enum TlsVersion {
    /** TLS 1.2, RFC 5246. */
    TLS_1_2("TLSv1.2"),
    /** TLS 1.3, RFC 8446. */
    TLS_1_3("TLSv1.3");

    private final String protocol;

    TlsVersion(String protocol) {
        this.protocol = protocol;
    }

    /** Returns the name that the JDK and Node use, for instance "TLSv1.3". */
    public String protocol() {
        return protocol;
    }
}
