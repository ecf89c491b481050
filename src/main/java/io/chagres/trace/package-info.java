/** Traces of system calls. */
@NullMarked
package io.chagres.trace;

import org.jspecify.annotations.NullMarked;
