package io.chagres;

import io.chagres.sys.Errno;
import org.jspecify.annotations.Nullable;

/**
 * An error that the kernel, or the lookup of a name, has answered with. The message and the properties are those of
 * Node's system errors: {@code connect ECONNREFUSED 127.0.0.1:80} has code ECONNREFUSED, errno 111, syscall connect,
 * address 127.0.0.1 and port 80.
 *
 * <p>The error of an established connection has Node's short message, {@code read ECONNRESET}. Its properties name
 * the peer, and {@link #toString} adds the ends of the connection that are known.
 *
 * @see <a href="https://nodejs.org/api/errors.html#class-systemerror">Node.js SystemError</a>
 * @see <a href="https://man7.org/linux/man-pages/man3/errno.3.html">errno(3)</a>
 */
public final class SystemException extends ChagresException {

    private static final long serialVersionUID = 1;

    private final int errno;
    private final String syscall;
    private final @Nullable String address;
    private final int port;
    private final @Nullable String hostname;
    private final @Nullable String localAddress;
    private final int localPort;
    /** The ends of the connection; null if the fields above have the addresses. */
    private final transient @Nullable Ends ends;

    /** Both ends of a connection. They are written as text only when one of these methods is called. */
    public interface Ends {
        /** Returns the address or path of the peer, or of the listener itself if it is one; null if unknown. */
        @Nullable
        String address();

        /** Returns the port that belongs to {@link #address()}; 0 if that is a path. */
        int port();

        /** Returns the address or path of this side; null if unknown. */
        @Nullable
        String localAddress();

        /** Returns the port that belongs to {@link #localAddress()}; 0 if that is a path. */
        int localPort();
    }

    private SystemException(
            int errno, String syscall, @Nullable String address, int port, String message, boolean trace) {
        this(errno, syscall, address, port, null, 0, message, trace);
    }

    private SystemException(
            int errno,
            String syscall,
            @Nullable String address,
            int port,
            @Nullable String localAddress,
            int localPort,
            String message,
            boolean trace) {
        super(Errno.name(errno), message, trace);
        this.errno = Math.abs(errno);
        this.syscall = syscall;
        this.address = address;
        this.port = port;
        this.hostname = null;
        this.ends = null;
        this.localAddress = localAddress;
        this.localPort = localPort;
    }

    private SystemException(int errno, String syscall, Ends ends) {
        super(Errno.name(errno), syscall + " " + Errno.name(errno), false);
        this.errno = Math.abs(errno);
        this.syscall = syscall;
        this.ends = ends;
        this.address = null;
        this.port = 0;
        this.hostname = null;
        this.localAddress = null;
        this.localPort = 0;
    }

    private SystemException(SystemException error, RuntimeException cause) {
        super(error.code(), error.getMessage() + ": " + cause.getMessage(), cause);
        this.errno = error.errno;
        this.ends = error.ends;
        this.syscall = error.syscall;
        this.address = error.address;
        this.port = error.port;
        this.hostname = error.hostname;
        this.localAddress = error.localAddress;
        this.localPort = error.localPort;
    }

    private SystemException(
            String code, int errno, String syscall, @Nullable String hostname, @Nullable Throwable cause) {
        super(code, syscall + " " + code + " " + hostname, cause);
        this.errno = errno;
        this.syscall = syscall;
        this.address = null;
        this.port = 0;
        this.hostname = hostname;
        this.ends = null;
        this.localAddress = null;
        this.localPort = 0;
    }

    /** Returns {@code "getaddrinfo ENOTFOUND example.invalid"}: the lookup of a name has failed. */
    public static SystemException ofLookup(String code, int errno, String hostname) {
        return ofLookup(code, errno, "getaddrinfo", hostname);
    }

    /**
     * Returns {@code "getnameinfo ENOTFOUND 192.0.2.1"}: a lookup has failed.
     *
     * @param errno the errno, or the negative number of getaddrinfo(3)
     * @param syscall getaddrinfo or getnameinfo
     * @param subject the name or the address that was looked up; null if there was none
     */
    public static SystemException ofLookup(String code, int errno, String syscall, @Nullable String subject) {
        return ofLookup(code, errno, syscall, subject, null);
    }

    /**
     * Returns an error like {@link #ofLookup(String, int, String, String)}, with a cause.
     *
     * @param cause the Error that the lookup has ended with, for instance OutOfMemoryError; null for none
     */
    public static SystemException ofLookup(
            String code, int errno, String syscall, @Nullable String subject, @Nullable Throwable cause) {
        return new SystemException(code, errno, syscall, subject, cause);
    }

    /** Returns {@code "read ECONNRESET"}: an error that the loop reports later, without a stack trace. */
    public static SystemException of(int errno, String syscall) {
        return new SystemException(errno, syscall, null, 0, syscall + " " + Errno.name(errno), false);
    }

    /**
     * Returns {@code "read ECONNRESET"}: an error of an established connection, or of a listener, without a stack
     * trace.
     *
     * <p>The message is Node's. The properties name the peer, or the address of the listener, and {@link #toString}
     * prints it.
     */
    public static SystemException on(int errno, String syscall, Ends ends) {
        return new SystemException(errno, syscall, ends);
    }

    /**
     * Returns {@code "write EFAULT: Already closed"}: this error with {@code cause}, an exception of the JDK that
     * prevented the call.
     *
     * <p>EFAULT with an IllegalStateException means that the arena of a request's memory was closed before the
     * request had finished.
     */
    public SystemException because(RuntimeException cause) {
        return new SystemException(this, cause);
    }

    /**
     * Returns {@code "bind EADDRINUSE 127.0.0.1:80"}: an error that the loop reports later, with an address. A port
     * of 0 or less is left out of the text.
     */
    public static SystemException at(int errno, String syscall, String address, int port) {
        return at(errno, syscall, address, port, null, 0);
    }

    /**
     * Returns {@code "connect ECONNREFUSED 127.0.0.1:80 - Local (127.0.0.1:50000)"}: an error like {@link #at(int,
     * String, String, int)} that also names the local address.
     *
     * @param localAddress the address or path of this side; null to leave it out
     * @param localPort the port of this side
     */
    public static SystemException at(
            int errno, String syscall, String address, int port, @Nullable String localAddress, int localPort) {
        String detail = localAddress == null ? "" : " - Local (" + localAddress + ":" + localPort + ")";
        String message = syscall + " " + Errno.name(errno) + " " + place(address, port) + detail;
        return new SystemException(errno, syscall, address, port, localAddress, localPort, message, false);
    }

    /**
     * Returns {@code "listen EADDRINUSE: address already in use 127.0.0.1:80"}; an address of null is left out of the
     * text.
     */
    public static SystemException described(int errno, String syscall, @Nullable String address, int port) {
        return described(errno, syscall, address, port, null);
    }

    /**
     * Returns {@code "listen EACCES: permission denied /run/no/socket (its directory does not exist)"}: an error like
     * {@link #described(int, String, String, int)} with a remark.
     *
     * @param remark the meaning of the error, which is written in brackets; null for none
     */
    public static SystemException described(
            int errno, String syscall, @Nullable String address, int port, @Nullable String remark) {
        String message =
                explain(errno, syscall) + (address == null ? "" : " " + place(address, port)) + inBrackets(remark);
        return new SystemException(errno, syscall, address, port, message, false);
    }

    /**
     * Returns {@code result} if it is not negative. This method is the one border between the kernel's integers and
     * exceptions.
     *
     * @throws SystemException {@code "bind EACCES: permission denied"}, with a stack trace, if {@code result} is
     *     negative
     */
    public static int check(int result, String syscall) {
        if (result < 0) {
            throw new SystemException(result, syscall, null, 0, explain(result, syscall), true);
        }
        return result;
    }

    /**
     * Returns {@code result} if it is not negative, as {@link #check(int, String)} does.
     *
     * @param subject the subject of the call, or the meaning of the error, which is written in brackets; null for
     *     none
     * @throws SystemException {@code "setsockopt ENOPROTOOPT: protocol not available (TCP_CONGESTION)"} if {@code
     *     result} is negative
     */
    public static int check(int result, String syscall, @Nullable String subject) {
        if (result < 0) {
            throw new SystemException(result, syscall, null, 0, explain(result, syscall) + inBrackets(subject), true);
        }
        return result;
    }

    private static String inBrackets(@Nullable String remark) {
        return remark == null ? "" : " (" + remark + ")";
    }

    private static String explain(int errno, String syscall) {
        return syscall + " " + Errno.name(errno) + ": " + Errno.message(errno);
    }

    /**
     * Returns {@link #place} for people: an IPv6 address with a port is in brackets, an abstract name begins with an
     * at sign.
     */
    private static String bracketed(String address, int port) {
        boolean six = port > 0 && address.indexOf(':') >= 0;
        return place(six ? "[" + address + "]" : address, port).replace('\0', '@');
    }

    private static String place(String address, int port) {
        return port > 0 ? address + ":" + port : address;
    }

    /**
     * Returns the number of errno(3), which is positive; of a failed lookup, the number of getaddrinfo(3), which is
     * negative.
     *
     * @see <a href="https://man7.org/linux/man-pages/man3/getaddrinfo.3.html">getaddrinfo(3)</a>
     */
    public int errno() {
        return errno;
    }

    /**
     * Returns the name of the call that failed, as in section 2 of the manual; of a failed lookup, getaddrinfo or
     * getnameinfo.
     */
    public String syscall() {
        return syscall;
    }

    /** Returns the IP address or path that the call was about, or null. */
    public @Nullable String address() {
        return ends == null ? address : ends.address();
    }

    /** Returns the port that the call was about, or 0. */
    public int port() {
        return ends == null ? port : ends.port();
    }

    /** Returns the name or the address that could not be looked up, or null if this is not the error of a lookup. */
    public @Nullable String hostname() {
        return hostname;
    }

    /**
     * Returns the address or path of this side; null if unknown. The error of an established TCP connection names the
     * peer only.
     */
    public @Nullable String localAddress() {
        return ends == null ? localAddress : ends.localAddress();
    }

    /** Returns the port of this side; 0 if it is unknown or {@link #localAddress()} is a path. */
    public int localPort() {
        return ends == null ? localPort : ends.localPort();
    }

    /** Returns the ends of the connection if the message does not name them. */
    @Override
    String details() {
        String peer = address();
        if (peer == null || String.valueOf(getMessage()).contains(place(peer, port()))) {
            return "";
        }
        String local = localAddress();
        boolean isOwn = peer.equals(local) && localPort() == port();
        String from = local == null || isOwn ? "" : bracketed(local, localPort()) + " -> ";
        return " (" + from + bracketed(peer, port()) + ")";
    }
}
