package io.chagres;

import io.chagres.sys.Errno;

/**
 * The kernel said no. Message and properties are those of Node's system errors: {@code connect ECONNREFUSED
 * 127.0.0.1:80} has code ECONNREFUSED, errno 111, syscall connect, address 127.0.0.1 and port 80.
 *
 * @see <a href="https://nodejs.org/api/errors.html#class-systemerror">Node.js SystemError</a>
 */
public final class SystemException extends ChagresException {

    private static final long serialVersionUID = 1;

    private final int errno;
    private final String syscall;
    private final String address;
    private final int port;
    private final String hostname;
    private final String localAddress;
    private final int localPort;
    /** Null if the fields have the addresses. */
    private final transient Ends ends;

    /** Both ends of a connection, which are written as text when one of these methods is called. */
    public interface Ends {
        /** The address or path of the peer; of a listener, its own; null if unknown. */
        String address();

        /** The port that goes with {@link #address()}; 0 for a path. */
        int port();

        /** The own address or path; null if unknown. */
        String localAddress();

        /** The port that goes with {@link #localAddress()}; 0 for a path. */
        int localPort();
    }

    private SystemException(int errno, String syscall, String address, int port, String message, boolean trace) {
        this(errno, syscall, address, port, null, 0, message, trace);
    }

    private SystemException(
            int errno,
            String syscall,
            String address,
            int port,
            String localAddress,
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

    private SystemException(String code, int errno, String syscall, String hostname, Throwable cause) {
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

    /** {@code "getaddrinfo ENOTFOUND example.invalid"}: a name that could not be looked up. */
    public static SystemException ofLookup(String code, int errno, String hostname) {
        return ofLookup(code, errno, "getaddrinfo", hostname);
    }

    /** {@code "getnameinfo ENOTFOUND 192.0.2.1"}: a lookup by {@code syscall}, getaddrinfo or getnameinfo, has failed. */
    public static SystemException ofLookup(String code, int errno, String syscall, String subject) {
        return ofLookup(code, errno, syscall, subject, null);
    }

    /** As {@link #ofLookup(String, int, String, String)}, because of {@code cause}: an Error, as when there is no memory. */
    public static SystemException ofLookup(String code, int errno, String syscall, String subject, Throwable cause) {
        return new SystemException(code, errno, syscall, subject, cause);
    }

    /** {@code "read ECONNRESET"}: an error that the loop reports later, without a stack trace. */
    public static SystemException of(int errno, String syscall) {
        return new SystemException(errno, syscall, null, 0, syscall + " " + Errno.name(errno), false);
    }

    /**
     * {@code "read ECONNRESET"}: an error of an established connection, or of a listener. The message is Node's; the properties name
     * the peer, or the address of the listener, and {@link #toString} prints it.
     */
    public static SystemException on(int errno, String syscall, Ends ends) {
        return new SystemException(errno, syscall, ends);
    }

    /**
     * Returns {@code "write EFAULT: Already closed"}: this error with {@code cause}, an exception of the JDK that kept the call from
     * being made. EFAULT with an IllegalStateException says that the arena of a request's memory was closed before the request had
     * finished.
     */
    public SystemException because(RuntimeException cause) {
        return new SystemException(this, cause);
    }

    /** {@code "bind EADDRINUSE 127.0.0.1:80"}; a port of 0 or less is left out. */
    public static SystemException at(int errno, String syscall, String address, int port) {
        return at(errno, syscall, address, port, null, 0);
    }

    /**
     * {@code "connect ECONNREFUSED 127.0.0.1:80 - Local (127.0.0.1:50000)"}: as {@link #at(int, String, String, int)}, and from
     * where, unless {@code localAddress} is null.
     */
    public static SystemException at(
            int errno, String syscall, String address, int port, String localAddress, int localPort) {
        String detail = localAddress == null ? "" : " - Local (" + localAddress + ":" + localPort + ")";
        String message = syscall + " " + Errno.name(errno) + " " + place(address, port) + detail;
        return new SystemException(errno, syscall, address, port, localAddress, localPort, message, false);
    }

    /** {@code "listen EADDRINUSE: address already in use 127.0.0.1:80"}; an address of null is left out. */
    public static SystemException described(int errno, String syscall, String address, int port) {
        return described(errno, syscall, address, port, null);
    }

    /**
     * {@code "listen EACCES: permission denied /run/no/socket (its directory does not exist)"}: as
     * {@link #described(int, String, String, int)}.
     *
     * @param remark what the error means; null for nothing
     */
    public static SystemException described(int errno, String syscall, String address, int port, String remark) {
        String message =
                explain(errno, syscall) + (address == null ? "" : " " + place(address, port)) + inBrackets(remark);
        return new SystemException(errno, syscall, address, port, message, false);
    }

    /**
     * The one border between the kernel's integers and exceptions: returns {@code result} where it is not negative, and
     * otherwise throws {@code "bind EACCES: permission denied"} at the caller.
     */
    public static int check(int result, String syscall) {
        if (result < 0) {
            throw new SystemException(result, syscall, null, 0, explain(result, syscall), true);
        }
        return result;
    }

    /**
     * As {@link #check(int, String)}: throws {@code "setsockopt ENOPROTOOPT: protocol not available (TCP_CONGESTION)"}.
     *
     * @param subject what the call was about, or what the error means; null for nothing
     */
    public static int check(int result, String syscall, String subject) {
        if (result < 0) {
            throw new SystemException(result, syscall, null, 0, explain(result, syscall) + inBrackets(subject), true);
        }
        return result;
    }

    private static String inBrackets(String remark) {
        return remark == null ? "" : " (" + remark + ")";
    }

    private static String explain(int errno, String syscall) {
        return syscall + " " + Errno.name(errno) + ": " + Errno.message(errno);
    }

    /** As {@link #place}, for reading: an IPv6 address with a port in brackets, an abstract name with an at sign. */
    private static String bracketed(String address, int port) {
        boolean six = port > 0 && address.indexOf(':') >= 0;
        return place(six ? "[" + address + "]" : address, port).replace('\0', '@');
    }

    private static String place(String address, int port) {
        return port > 0 ? address + ":" + port : address;
    }

    /** The number of errno(3), positive; of a failed lookup, the number of getaddrinfo(3), which is negative. */
    public int errno() {
        return errno;
    }

    /** The call that failed, by its name in section 2 of the manual; for a lookup, getaddrinfo or getnameinfo. */
    public String syscall() {
        return syscall;
    }

    /** The IP address or path that the call was about, or null. */
    public String address() {
        return ends == null ? address : ends.address();
    }

    /** The port that the call was about, or 0. */
    public int port() {
        return ends == null ? port : ends.port();
    }

    /** The name, or the address, that could not be looked up; or null. */
    public String hostname() {
        return hostname;
    }

    /**
     * The address or path that the call was made from, for an error of bind, listen or connect; null if unknown. An error of an
     * established TCP connection names the peer only.
     */
    public String localAddress() {
        return ends == null ? localAddress : ends.localAddress();
    }

    /** The port that the call was made from; 0 if unknown, and for a path. */
    public int localPort() {
        return ends == null ? localPort : ends.localPort();
    }

    /** The connection, if the message does not name it. */
    @Override
    String details() {
        if (address() == null || getMessage().contains(place(address(), port()))) {
            return "";
        }
        boolean isOwn = localAddress() == null || localAddress().equals(address()) && localPort() == port();
        return " (" + (isOwn ? "" : bracketed(localAddress(), localPort()) + " -> ") + bracketed(address(), port())
                + ")";
    }
}
