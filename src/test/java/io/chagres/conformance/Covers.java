package io.chagres.conformance;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * The rows of docs/CONFORMANCE.md that a test, or a whole test class, covers: {@code "S42"} for a point of the chapter,
 * {@code "libuv:timer_order"} and {@code "node:test-net-pingpong"} for upstream tests.
 */
@Retention(RetentionPolicy.RUNTIME)
@Target({ElementType.METHOD, ElementType.TYPE})
public @interface Covers {
    String[] value();
}
