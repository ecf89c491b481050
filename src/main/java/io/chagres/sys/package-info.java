/**
 * The system calls of the kernel: one static method per call, under the name of the call, with its arguments.
 *
 * <p>This is the lowest floor of the house, and the only one that knows {@code java.lang.foreign.Linker}. It makes no
 * decision, keeps no descriptor open and never waits. The floors above do that. The man page of a call says what its
 * method does:
 *
 * <pre>{@code
 *   int accept4(int fd, struct sockaddr *addr, socklen_t *addrlen, int flags);                           // C
 *   int accept4(int fd, MemorySegment addr, MemorySegment addrlen, int flags)                            // Sockets
 *
 *      Sockets.accept4(fd, NULL, NULL, SOCK_NONBLOCK)
 *          |    one line: which handle, which arguments
 *      Libc.call(ACCEPT4, fd, addr, addrlen, flags)
 *          |    pointers and ints become machine words; the errno slot of this thread is passed too
 *      ACCEPT4.handle.invokeExact(slab, fd, 0, 0, 0x800, 0)
 *          |    compiled to a call instruction, between two changes of the thread's state
 *      accept4 in libc, and the kernel
 *          |    -1, and errno is 11; the linker copies it into the slot before the JVM can change it
 *      -11, that is -EAGAIN
 * }</pre>
 *
 * <h2>The classes</h2>
 *
 * <p>Read {@link io.chagres.sys.Sockets} first, then {@code Libc} and {@link io.chagres.sys.SockAddr}.
 *
 * <ul>
 * <li>Calls: {@link io.chagres.sys.Sockets}, {@link io.chagres.sys.Epoll}, {@link io.chagres.sys.EventFd}, {@link
 *     io.chagres.sys.Descriptors}, {@link io.chagres.sys.NetDb}.
 * <li>Structs: {@link io.chagres.sys.SockAddr}, {@link io.chagres.sys.EpollEvent}, {@link io.chagres.sys.MsgHdr},
 *     {@link io.chagres.sys.IoVec}, {@link io.chagres.sys.Cmsg}, {@link io.chagres.sys.AddrInfo}, {@link
 *     io.chagres.sys.FileIdentity}, {@link io.chagres.sys.TcpInfoFields}.
 * <li>{@link io.chagres.sys.Errno}: the error numbers and their names. {@link io.chagres.sys.CTexts}: the texts of the C library.
 * <li>{@link io.chagres.sys.Memory} and {@link io.chagres.sys.Region}: native memory for the arguments.
 * <li>{@link io.chagres.sys.ObservedCalls}: an observer of all calls, with a {@link io.chagres.sys.Call} for each. It exchanges
 *     the handles of the functions, so that a call costs nothing more while there is no observer.
 * <li>{@link io.chagres.sys.Buffers}: the rule for buffers of callers.
 * <li>{@link io.chagres.sys.SelfCheck}: a test that this package works on this machine.
 * <li>Not public: {@code Libc}, the only class that calls C functions, and {@code Scratch}, a few bytes of native
 *     memory for each thread.
 * </ul>
 *
 * <h2>The conventions</h2>
 *
 * <ol>
 * <li><b>The result is {@code >= 0}, or {@code -errno}.</b> No call throws an exception, because the answer of the
 *     kernel is a value: callers branch on EAGAIN, EINPROGRESS and end of file. No call is repeated, not even after
 *     EINTR, because only the caller knows whether to try again. ({@link io.chagres.sys.NetDb} has error numbers of
 *     its own.)
 * <li><b>errno is part of the call.</b> The linker copies it as the call returns, into memory that only this thread
 *     uses. {@code __errno_location} would be too late: the JVM makes calls of its own in between.
 * <li><b>The types are the types of C.</b> {@code int} and {@code socklen_t} are int. {@code size_t} and {@code
 *     ssize_t} are long. A pointer is a {@code MemorySegment}, NULL is {@code MemorySegment.NULL}. A number that is
 *     unsigned in C has the same bits here.
 * <li><b>No allocation.</b> Once it is compiled, a call leaves nothing to the garbage collector ({@code
 *     AllocationTest}; for slices, see below).
 * <li><b>A segment must be alive during the call</b> and hold the bytes that the call reads or writes. Memory of
 *     {@link io.chagres.sys.Memory#allocate} lives as long as its segment is in use. A struct that holds a pointer
 *     ({@code MsgHdr}, {@code IoVec}) holds an address only: the caller that fills it keeps the memory alive. Memory
 *     of an arena that another thread may close is passed to recv and send as a segment; {@link
 *     io.chagres.sys.Buffers} has the rule.
 * </ol>
 *
 * <h2>Heap segments and critical calls</h2>
 *
 * <p>Normally a native call marks the thread as outside of Java, so that a garbage collection does not wait for the
 * call. The collector may then move every array, so no array can be passed to C.
 *
 * <p>A <i>critical</i> call does not mark the thread. Arrays stay in place, and the whole JVM waits if the call
 * blocks (measured: a collection that takes 12 ms took 460 ms beside a critical poll of 500 ms). So only calls that
 * cannot block may be critical. Only recv and send are linked that way, always with MSG_DONTWAIT: they copy at most
 * the bytes that fit into the buffer of the socket.
 *
 * <p>These two alone accept {@code MemorySegment.ofArray(bytes)} and an offset. All other calls accept native
 * segments only. Before JDK 24 a critical call cannot capture errno (JDK-8336768). There the same two methods copy
 * heap data through 64 KiB of native memory that the thread owns.
 *
 * <p>Bytes of garbage: a segment that is made once and kept costs a call nothing, whatever the offset. A slice that
 * is passed costs 40 bytes, a new {@code ofArray} or {@code ofBuffer} 32 more, for its scope.
 *
 * <h2>Layouts</h2>
 *
 * <p>Each struct is one class. Its javadoc has the C declaration. The offsets are private constants, and static
 * accessors read and write a segment. The offsets are the same on x86-64, AArch64 and RISC-V except those of
 * {@code epoll_event}, which is packed on x86-64. A flag or two of open(2) have another number on AArch64. The tests compare all of them with
 * the kernel, and {@link io.chagres.sys.SelfCheck} compares {@code epoll_event} again at run time.
 *
 * <h2>How to add a system call</h2>
 *
 * <p>CONTRIBUTING.md has the steps.
 */
@NullMarked
package io.chagres.sys;

import org.jspecify.annotations.NullMarked;
