/**
 * The exceptions of the library, which every floor above the kernel's throws.
 *
 * <p>{@link io.chagres.ChagresException} has a code, which is Node's or the kernel's: programs tell errors apart by it. {@link
 * io.chagres.SystemException} is an error of a system call, with its errno, the call and the address. {@link
 * io.chagres.UsageException} is a mistake of the caller: it is thrown at the call, has a stack trace, and nothing has been changed.
 *
 * @see <a href="https://nodejs.org/api/errors.html#errorcode">Node.js: error.code</a>
 */
package io.chagres;
