package io.chagres.net;

import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * The options of an options class by name, to compare and to print: as text they are those that differ from their defaults, as in
 * "ListenOptions (port 80, reusePort)".
 */
final class OptionList {

    private final List<@Nullable Object> values = new ArrayList<>();
    private final StringJoiner text;

    OptionList(String type) {
        text = new StringJoiner(", ", type + " (", ")").setEmptyValue(type + " (defaults)");
    }

    OptionList add(String name, @Nullable Object value, @Nullable Object byDefault) {
        return append(value, byDefault, name + " " + value);
    }

    /** Adds the name of a Unix socket, in which a NUL of the abstract namespace is printed as an at sign. */
    OptionList addName(String name, @Nullable String value) {
        return append(value, null, name + " " + (value == null ? null : value.replace('\0', '@')));
    }

    OptionList addFlag(String name, boolean on) {
        return append(on, false, name);
    }

    /** Adds an option of which only the presence is printed. */
    OptionList addPresence(String name, @Nullable Object value) {
        return append(value, null, name);
    }

    private OptionList append(@Nullable Object value, @Nullable Object byDefault, String described) {
        values.add(value);
        if (!Objects.equals(value, byDefault)) {
            text.add(described);
        }
        return this;
    }

    /** Returns whether both have the same values, whatever the defaults are. */
    @Override
    public boolean equals(Object other) {
        return other instanceof OptionList list && values.equals(list.values);
    }

    @Override
    public int hashCode() {
        return values.hashCode();
    }

    @Override
    public String toString() {
        return text.toString();
    }
}
