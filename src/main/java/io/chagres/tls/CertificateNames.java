package io.chagres.tls;

import io.chagres.address.SocketAddress;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * The names in a certificate.
 *
 * @param hosts the names of hosts in subjectAltName
 * @param addresses the IP addresses in it
 * @param text all of subjectAltName, as OpenSSL writes it: "DNS:localhost, IP Address:127.0.0.1"
 * @param commonNames the CN of the subject; one usually
 */
record CertificateNames(List<String> hosts, List<String> addresses, String text, List<String> commonNames) {

    private static final int EMAIL = 1;
    private static final int DNS = 2;
    private static final int URI = 6;
    private static final int IP = 7;
    private static final String COMMON_NAME = "2.5.4.3";

    static CertificateNames of(X509Certificate certificate) {
        List<String> hosts = new ArrayList<>();
        List<String> addresses = new ArrayList<>();
        List<String> text = new ArrayList<>();
        for (List<?> name : alternatives(certificate)) {
            String value = String.valueOf(name.get(1));
            switch ((Integer) name.get(0)) {
                case DNS -> {
                    hosts.add(value);
                    text.add("DNS:" + value);
                }
                case IP -> {
                    addresses.add(canonical(value));
                    text.add("IP Address:" + value);
                }
                case EMAIL -> text.add("email:" + value);
                case URI -> text.add("URI:" + value);
                default -> text.add("othername:<unsupported>");
            }
        }
        return new CertificateNames(hosts, addresses, String.join(", ", text), commonNames(certificate));
    }

    /** Returns an IP address in its shortest form. */
    static String canonical(String address) {
        SocketAddress literal = SocketAddress.ofLiteral(address, 0);
        return literal == null ? address : literal.address();
    }

    private static Collection<List<?>> alternatives(X509Certificate certificate) {
        try {
            Collection<List<?>> names = certificate.getSubjectAlternativeNames();
            return names == null ? List.of() : names;
        } catch (CertificateParsingException malformed) {
            return List.of();
        }
    }

    /** The JDK gives a subject as one text only, whose parser is in another module: so its DER is read. */
    private static List<String> commonNames(X509Certificate certificate) {
        List<String> names = new ArrayList<>();
        Der subject = Der.of(certificate.getSubjectX500Principal().getEncoded()).enter(Der.SEQUENCE);
        while (subject.hasMore()) {
            Der set = subject.enter(Der.SET);
            while (set.hasMore()) {
                Der attribute = set.enter(Der.SEQUENCE);
                if (attribute.objectIdentifier().equals(COMMON_NAME)) {
                    names.add(attribute.text());
                }
            }
        }
        return names;
    }
}
