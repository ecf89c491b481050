package io.chagres.tls;

import io.chagres.ChagresException;
import io.chagres.address.Ip;
import java.net.IDN;
import java.security.cert.X509Certificate;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Compares the name of a server with its certificate, by Node's rules: the names and addresses of the extension subjectAltName, with a
 * wildcard in the leftmost label; the common name only if that extension has no name of a host.
 *
 * @see <a href="https://nodejs.org/api/tls.html#tlscheckserveridentityhostname-cert">tls.checkServerIdentity</a>
 * @see <a href="https://www.rfc-editor.org/rfc/rfc6125">RFC 6125: Verification of domain-based identity</a>
 */
final class ServerIdentity {

    private ServerIdentity() {}

    static @Nullable ChagresException check(String host, X509Certificate certificate) {
        return check(host, CertificateNames.of(certificate));
    }

    static @Nullable ChagresException check(String host, CertificateNames names) {
        String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
        if (Ip.version(name) != 0) {
            return names.addresses().contains(CertificateNames.canonical(name))
                    ? null
                    : invalid("IP: " + name + " is not in the cert's list: " + String.join(", ", names.addresses()));
        }
        if (!names.hosts().isEmpty()) {
            return matchesAny(name, names.hosts())
                    ? null
                    : invalid("Host: " + name + ". is not in the cert's altnames: " + names.text());
        }
        if (!names.commonNames().isEmpty()) {
            return matchesAny(name, names.commonNames())
                    ? null
                    : invalid("Host: " + name + ". is not cert's CN: " + String.join(",", names.commonNames()));
        }
        return invalid("Cert does not contain a DNS name");
    }

    private static ChagresException invalid(String reason) {
        return new ChagresException(
                "ERR_TLS_CERT_ALTNAME_INVALID", "Hostname/IP does not match certificate's altnames: " + reason);
    }

    /** Certificates have names of other languages in their form of ASCII only. */
    private static String ascii(String host) {
        try {
            return host.chars().allMatch(c -> c < 0x80) ? host : IDN.toASCII(host);
        } catch (IllegalArgumentException noName) {
            return host;
        }
    }

    private static boolean matchesAny(String host, List<String> patterns) {
        List<String> labels = labels(ascii(host));
        return patterns.stream().anyMatch(pattern -> matches(labels, labels(pattern)));
    }

    private static List<String> labels(String name) {
        String bare = name.endsWith(".") ? name.substring(0, name.length() - 1) : name;
        return List.of(bare.toLowerCase(Locale.ROOT).split("\\.", -1));
    }

    private static boolean matches(List<String> host, List<String> pattern) {
        return host.size() == pattern.size()
                && pattern.stream().noneMatch(ServerIdentity::isBad)
                && host.subList(1, host.size()).equals(pattern.subList(1, pattern.size()))
                && matchesFirst(host.getFirst(), pattern);
    }

    /** Empty labels, blanks, controls and other alphabets are never right. */
    private static boolean isBad(String label) {
        return label.isEmpty() || label.chars().anyMatch(c -> c < 0x21 || c > 0x7f);
    }

    /** A wildcard stands for any text in one label. It is not allowed beside "xn--", twice, or directly below a top-level domain. */
    private static boolean matchesFirst(String label, List<String> pattern) {
        String first = pattern.getFirst();
        int star = first.indexOf('*');
        if (star < 0 || first.contains("xn--")) {
            return label.equals(first);
        }
        String prefix = first.substring(0, star);
        String suffix = first.substring(star + 1);
        return suffix.indexOf('*') < 0
                && pattern.size() > 2
                && prefix.length() + suffix.length() <= label.length()
                && label.startsWith(prefix)
                && label.endsWith(suffix);
    }
}
