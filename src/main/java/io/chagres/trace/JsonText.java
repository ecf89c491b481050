package io.chagres.trace;

import java.util.Locale;

/** A text in JSON (RFC 8259) that is written from its beginning to its end. Commas are put by themselves. */
final class JsonText {

    private final StringBuilder text = new StringBuilder();
    private boolean first = true;

    JsonText object() {
        return open('{');
    }

    JsonText array() {
        return open('[');
    }

    private JsonText open(char bracket) {
        comma();
        text.append(bracket);
        first = true;
        return this;
    }

    JsonText endObject() {
        return close('}');
    }

    JsonText endArray() {
        return close(']');
    }

    private JsonText close(char bracket) {
        text.append(bracket);
        first = false;
        return this;
    }

    JsonText key(String name) {
        value(name);
        text.append(':');
        first = true;
        return this;
    }

    JsonText value(String value) {
        comma();
        quote(value);
        return this;
    }

    JsonText value(long value) {
        comma();
        text.append(value);
        return this;
    }

    /** Writes nanoseconds as microseconds, with three decimals: no nanosecond is lost. */
    JsonText micros(long nanos) {
        comma();
        text.append(String.format(Locale.ROOT, "%d.%03d", nanos / 1000, nanos % 1000));
        return this;
    }

    JsonText field(String name, String value) {
        return key(name).value(value);
    }

    JsonText field(String name, long value) {
        return key(name).value(value);
    }

    /** Begins a new line, for people who read the file. */
    JsonText line() {
        comma();
        first = true;
        text.append('\n');
        return this;
    }

    private void comma() {
        if (!first) {
            text.append(',');
        }
        first = false;
    }

    private void quote(String value) {
        text.append('"');
        for (int i = 0; i < value.length(); i++) {
            append(value.charAt(i));
        }
        text.append('"');
    }

    /**
     * Appends a character of a string. A less-than sign is escaped, since the text may stand inside of a script element of HTML, which ends
     * at the first {@code </script>}. Half of a surrogate pair, which no UTF-8 can hold, and the line ends that old JavaScript refuses are
     * escaped, too.
     */
    private void append(char c) {
        switch (c) {
            case '"' -> text.append("\\\"");
            case '\\' -> text.append("\\\\");
            case '\n' -> text.append("\\n");
            case '\t' -> text.append("\\t");
            default -> {
                if (c < ' ' || c == '<' || c == '\u2028' || c == '\u2029' || c == 0x7f) {
                    text.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
                } else {
                    text.append(c);
                }
            }
        }
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
