package io.chagres.faults;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** An echo server on java.net for clients of the exercises. It lives as long as the JVM. */
final class EchoPeer {

    /** The port that the server listens on. */
    static final int PORT = start();

    private EchoPeer() {}

    private static int start() {
        try {
            ServerSocket listener = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"));
            Thread.ofPlatform().daemon().name("echo-peer").start(() -> serve(listener));
            return listener.getLocalPort();
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    private static void serve(ServerSocket listener) {
        for (; ; ) {
            try {
                Socket socket = listener.accept();
                Thread.ofPlatform().daemon().start(() -> echo(socket));
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private static void echo(Socket socket) {
        try (socket) {
            socket.getInputStream().transferTo(socket.getOutputStream());
        } catch (IOException gone) {
            return; // the client whose call has failed has closed
        }
    }
}
