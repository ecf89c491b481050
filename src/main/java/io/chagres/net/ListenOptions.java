package io.chagres.net;

import io.chagres.loop.UsageException;

/**
 * Where a server listens: the options of Node's server.listen.
 *
 * @see <a href="https://nodejs.org/api/net.html#serverlistenoptions-callback">server.listen(options)</a>
 */
public final class ListenOptions {

    private int port;
    private String host;
    private int backlog = Tcp.DEFAULT_BACKLOG;
    private boolean ipv6Only;

    /** Any port that is free, on all addresses. */
    public ListenOptions() {
    }

    /** The port, 0 to 65535; 0, the default, takes one that is free. */
    public ListenOptions port(int port) {
        this.port = SocketAddress.requirePort(port, "options.port");
        return this;
    }

    /** An address of this machine, or a name to look up; by default all its IPv6 and IPv4 addresses. */
    public ListenOptions host(String host) {
        if (host != null && host.isEmpty()) {
            throw new UsageException("ERR_INVALID_ARG_TYPE",
                "The \"options.host\" property must be a host name or an IP address. Received ''");
        }
        this.host = host;
        return this;
    }

    /** How many connections may wait to be accepted; by default 511. The kernel cuts it to net.core.somaxconn. */
    public ListenOptions backlog(int backlog) {
        this.backlog = backlog;
        return this;
    }

    /** Whether an IPv6 address takes IPv6 connections only; by default IPv4 ones too. */
    public ListenOptions ipv6Only(boolean only) {
        this.ipv6Only = only;
        return this;
    }

    int port() {
        return port;
    }

    String host() {
        return host;
    }

    int backlog() {
        return backlog;
    }

    boolean ipv6Only() {
        return ipv6Only;
    }
}
