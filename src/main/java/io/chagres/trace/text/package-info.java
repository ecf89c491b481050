/**
 * The text of strace(1) for a system call: one decoder for each function that the floor sys links.
 *
 * <p>{@link io.chagres.trace.text.CallText} is the result, and {@code Decoders} the table of all functions. A decoder is a list
 * of arguments, each of which prints itself. The classes of the arguments follow the man pages: {@code SocketText}, {@code
 * OptionText}, {@code MessageText}, {@code EpollText}, {@code FileText}, {@code NetDbText}.
 *
 * <p>The format is that of strace 6.1. A test compares the lines of both.
 */
@NullMarked
package io.chagres.trace.text;

import org.jspecify.annotations.NullMarked;
