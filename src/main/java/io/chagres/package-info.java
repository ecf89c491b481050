/**
 * The exceptions of the library. Every floor above the kernel's throws them.
 *
 * <p>Programs tell errors apart by {@link io.chagres.ChagresException#code() their code}, a name of Node or of the
 * kernel:
 *
 * <ul>
 * <li>{@link io.chagres.ChagresException} is the parent of the other two. It has the code and a message.
 * <li>{@link io.chagres.SystemException} is an error of a system call. It has the errno, the name of the call and the
 *     address.
 * <li>{@link io.chagres.UsageException} is a mistake of the caller. The call that is wrong throws it, with a stack
 *     trace, and has changed nothing.
 * </ul>
 *
 * @see <a href="https://nodejs.org/api/errors.html#errorcode">Node.js: error.code</a>
 * @since 0.2.0
 */
@NullMarked
package io.chagres;

import org.jspecify.annotations.NullMarked;
