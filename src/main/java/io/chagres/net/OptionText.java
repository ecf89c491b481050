package io.chagres.net;

import java.util.Objects;
import java.util.StringJoiner;

/** Writes options as text: those that differ from their default, by name, as in "ListenOptions (port 80, reusePort)". */
final class OptionText {

    private final StringJoiner text;

    OptionText(String type) {
        text = new StringJoiner(", ", type + " (", ")").setEmptyValue(type + " (defaults)");
    }

    OptionText add(String name, Object value, Object byDefault) {
        if (!Objects.equals(value, byDefault)) {
            text.add(name + " " + value);
        }
        return this;
    }

    /** A name, in which a NUL of the abstract namespace becomes an at sign. */
    OptionText addName(String name, String value, String byDefault) {
        return add(name, value == null ? null : value.replace('\0', '@'), byDefault);
    }

    OptionText addFlag(String name, boolean on) {
        if (on) {
            text.add(name);
        }
        return this;
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
