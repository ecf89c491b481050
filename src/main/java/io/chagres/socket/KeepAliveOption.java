package io.chagres.socket;

import io.chagres.sys.Sockets;

/** The option SO_KEEPALIVE with TCP_KEEPIDLE, TCP_KEEPINTVL and TCP_KEEPCNT. A number of 0 is not written. */
final class KeepAliveOption extends SocketOption<KeepAlive> {

    KeepAliveOption() {
        super("SO_KEEPALIVE");
    }

    @Override
    boolean isOfInternet() {
        return true;
    }

    @Override
    public void require(KeepAlive value) {
        value.requireInRange();
    }

    @Override
    int write(int fd, KeepAlive value) {
        int result = Sockets.setsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_KEEPALIVE, value.isOn() ? 1 : 0);
        if (value.isOn()) {
            result = result < 0 ? result : write(fd, Sockets.TCP_KEEPIDLE, value.idleSeconds());
            result = result < 0 ? result : write(fd, Sockets.TCP_KEEPINTVL, value.intervalSeconds());
            result = result < 0 ? result : write(fd, Sockets.TCP_KEEPCNT, value.count());
        }
        return result;
    }

    private static int write(int fd, int number, int value) {
        return value == 0 ? 0 : Sockets.setsockopt(fd, Sockets.IPPROTO_TCP, number, value);
    }

    @Override
    KeepAlive read(int fd) {
        return new KeepAlive(
                IntOption.read(fd, Sockets.SOL_SOCKET, Sockets.SO_KEEPALIVE, "SO_KEEPALIVE") != 0,
                IntOption.read(fd, Sockets.IPPROTO_TCP, Sockets.TCP_KEEPIDLE, "TCP_KEEPIDLE"),
                IntOption.read(fd, Sockets.IPPROTO_TCP, Sockets.TCP_KEEPINTVL, "TCP_KEEPINTVL"),
                IntOption.read(fd, Sockets.IPPROTO_TCP, Sockets.TCP_KEEPCNT, "TCP_KEEPCNT"));
    }
}
