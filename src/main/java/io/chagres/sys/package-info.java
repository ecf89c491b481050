/**
 * The kernel, word for word: one static method per system call, under its own name, with its own arguments.
 *
 * <p>This is the lowest floor of the house and the only one that knows {@code java.lang.foreign.Linker}. It decides
 * nothing, it keeps nothing open, it waits for nothing; all that is the business of the floors above. Whoever has the
 * man page of a call before him knows what the method does:
 *
 * <pre>{@code
 *   int accept4(int fd, struct sockaddr *addr, socklen_t *addrlen, int flags);                           // C
 *   int accept4(int fd, MemorySegment addr, MemorySegment addrlen, int flags)                            // Sockets
 *
 *      Sockets.accept4(fd, NULL, NULL, SOCK_NONBLOCK)
 *          |    one line: which handle, which arguments
 *      Libc.call(ACCEPT4, fd, addr, addrlen, flags)
 *          |    pointers and ints become machine words; this thread's errno slot goes along
 *      ACCEPT4.handle.invokeExact(slab, fd, 0, 0, 0x800, 0)
 *          |    compiled to a call instruction, between two changes of the thread's state
 *      accept4 in libc, and the kernel
 *          |    -1, and errno is 11; the linker copies it into the slot before the JVM can disturb it
 *      -11, that is -EAGAIN
 * }</pre>
 *
 * <h2>The classes</h2>
 *
 * <ul>
 * <li>calls: {@link io.chagres.sys.Sockets}, {@link io.chagres.sys.Epoll}, {@link io.chagres.sys.EventFd},
 *     {@link io.chagres.sys.Descriptors}, {@link io.chagres.sys.NetDb}
 * <li>structs: {@link io.chagres.sys.SockAddr}, {@link io.chagres.sys.EpollEvent}, {@link io.chagres.sys.MsgHdr},
 *     {@link io.chagres.sys.IoVec}, {@link io.chagres.sys.Cmsg}, {@link io.chagres.sys.AddrInfo}
 * <li>{@link io.chagres.sys.Errno}, the numbers and their names; {@link io.chagres.sys.Memory}, where the pointers
 *     point to; {@link io.chagres.sys.Buffers}, the rule for buffers of callers; {@link io.chagres.sys.SelfCheck}, whether any of
 *     this works here
 * <li>behind them {@code Libc}, the door itself, and {@code Scratch}, what each thread has of its own
 * </ul>
 *
 * <h2>The conventions</h2>
 *
 * <ol>
 * <li><b>The result is {@code >= 0}, or {@code -errno}.</b> There is no exception, for what the kernel says is an
 *     answer: EAGAIN, EINPROGRESS and end of file are branched on as values. There is no retry either, EINTR included;
 *     whether to try again is known only to the caller. ({@link io.chagres.sys.NetDb} has error numbers of its own.)
 * <li><b>errno comes with the call.</b> The linker captures it as the call returns, into memory that only this thread
 *     has. To ask {@code __errno_location} afterwards would be too late: the JVM makes calls of its own in between.
 * <li><b>The types are C's.</b> {@code int} and {@code socklen_t} are int, {@code size_t} and {@code ssize_t} are long,
 *     a pointer is a {@code MemorySegment}, NULL is {@code MemorySegment.NULL}. Numbers that are unsigned in C are the
 *     same bits here.
 * <li><b>No allocation.</b> Once compiled, a call leaves nothing to the garbage collector ({@code AllocationTest}; for
 *     slices see below).
 * <li><b>A segment must be alive during the call</b> and hold what the call reads or writes; {@link
 *     io.chagres.sys.Memory#allocate} gives memory that lives as long as its segment is in use. A struct that holds a
 *     pointer ({@code MsgHdr}, {@code IoVec}) holds an address only: the caller that fills it keeps the memory alive. Memory of
 *     an arena that another thread may close goes to recv and send as a segment; {@link io.chagres.sys.Buffers} has the rule.
 * </ol>
 *
 * <h2>Heap segments, and what critical means</h2>
 *
 * A native call normally tells the JVM that the thread has left Java, so that a garbage collection need not wait for
 * it; the collector may then move every array, so none can be lent to C. A <i>critical</i> call omits that: the thread
 * counts as being in Java until it returns, and arrays stay where they are, but the whole JVM waits with it should it
 * block (measured: a collection that takes 12 ms took 460 beside a critical poll of 500 ms). So it is for calls that
 * cannot block, and only recv and send are linked that way: always with MSG_DONTWAIT, they copy at most what fits the
 * socket's buffer. They alone take {@code MemorySegment.ofArray(bytes)}, and where in it to begin. Before JDK 24 a critical call
 * cannot capture errno; there the same two methods pass heap data through 64 KiB of the thread's own native memory. All
 * other calls take native segments only.
 *
 * <p>For whoever counts bytes of garbage: a segment that is made once and kept costs a call nothing, wherever in it the
 * call begins. A slice handed in costs 40 bytes, a fresh {@code ofArray} or {@code ofBuffer} 32 more, for its scope.
 *
 * <h2>Layouts</h2>
 *
 * Each struct is one class: its C declaration in the javadoc, the offsets as private constants, static accessors on a
 * segment. They are the same on x86-64 and AArch64 but for {@code epoll_event}, which is packed on x86-64, and a flag
 * or two of open(2). The tests hold them against the kernel, and {@link io.chagres.sys.SelfCheck} does so once more at
 * run time for the one that differs.
 *
 * <h2>To add a system call</h2>
 *
 * <ol>
 * <li>Put it into the class of its man page; a new family is a new class.
 * <li>Link it by name: {@code private static final CFunction LISTEN = Libc.plain("listen")}. If a plain server can
 *     start without it, the handle goes into the class's {@code Later}, which is initialised at its first use. {@code
 *     Libc.variadic} if the prototype ends in {@code ...}; critical only if it can never block and heap memory is worth
 *     it. A function newer than glibc 2.17 or Linux 4.18 is optional: see {@code epoll_pwait2}.
 * <li>Write the method: C's name, C's types, {@code return call(LISTEN, fd, backlog, 0)}; one line of javadoc with the
 *     man page and the errnos that a caller branches on.
 * <li>Only the constants that are used, in the numbers of x86-64 and AArch64.
 * <li>A test that lets it succeed and a test that lets it fail, with the errno.
 * <li>Rows in the tests' {@code FaultTable}, which say who learns of it when it fails, and how.
 * </ol>
 */
package io.chagres.sys;
