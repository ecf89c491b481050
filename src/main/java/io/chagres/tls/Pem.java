package io.chagres.tls;

import io.chagres.UsageException;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * One block of a PEM text: a label, lines of header, and bytes.
 *
 * @param label the text behind BEGIN, for instance "CERTIFICATE"
 * @param headers the lines of OpenSSL's older format before the bytes, for instance "Proc-Type"
 * @see <a href="https://www.rfc-editor.org/rfc/rfc7468">RFC 7468: Textual Encodings of PKIX, PKCS, and CMS Structures</a>
 */
record Pem(String label, Map<String, String> headers, byte[] bytes) {

    private static final String BEGIN = "-----BEGIN ";
    private static final String END = "-----END ";
    private static final String DASHES = "-----";

    /**
     * Returns the blocks of {@code text}. What is between them is skipped.
     *
     * @throws UsageException ERR_OSSL_PEM_BAD_END_LINE if a block does not end; ERR_OSSL_PEM_BAD_BASE64_DECODE if it is not in base 64
     */
    static List<Pem> blocks(String text) {
        List<Pem> blocks = new ArrayList<>();
        Iterator<String> lines = text.lines().map(String::strip).iterator();
        while (lines.hasNext()) {
            String line = lines.next();
            if (line.startsWith(BEGIN) && line.endsWith(DASHES) && line.length() > BEGIN.length() + DASHES.length()) {
                blocks.add(block(line.substring(BEGIN.length(), line.length() - DASHES.length()), lines));
            }
        }
        return blocks;
    }

    private static Pem block(String label, Iterator<String> lines) {
        String end = END + label + DASHES;
        Map<String, String> headers = new HashMap<>();
        StringBuilder base64 = new StringBuilder();
        while (lines.hasNext()) {
            String line = lines.next();
            if (line.equals(end)) {
                return new Pem(label, headers, decoded(label, base64.toString()));
            }
            int colon = line.indexOf(':');
            if (colon > 0) {
                headers.put(line.substring(0, colon), line.substring(colon + 1).strip());
            } else {
                base64.append(line);
            }
        }
        throw new UsageException(
                "ERR_OSSL_PEM_BAD_END_LINE",
                "bad end line: the PEM block \"" + label + "\" has no line \"" + end + "\"");
    }

    private static byte[] decoded(String label, String base64) {
        try {
            return Base64.getDecoder().decode(base64);
        } catch (IllegalArgumentException notBase64) {
            throw new UsageException(
                    "ERR_OSSL_PEM_BAD_BASE64_DECODE",
                    "bad base64 decode: the PEM block \"" + label + "\" is not in base 64");
        }
    }

    /** Returns the labels of {@code blocks} for a message. The text of a key must not be in it. */
    static String labels(List<Pem> blocks) {
        return blocks.isEmpty()
                ? "a text without a line \"-----BEGIN ...-----\""
                : blocks.stream().map(Pem::label).distinct().toList().toString();
    }
}
