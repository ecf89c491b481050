package io.chagres.trace;

import java.util.Set;

/** The parts of a {@link Trace}. Immutable. */
public record TraceOptions(Set<String> categories, boolean socketStates) {}
