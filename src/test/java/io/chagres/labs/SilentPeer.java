package io.chagres.labs;

import java.net.InetAddress;
import java.net.ServerSocket;

/** The peer of lab 10: it listens, and its kernel answers. It runs until it is killed. */
final class SilentPeer {

    static final String READY = "listening";

    private SilentPeer() {}

    /** The arguments are the address and the port. */
    public static void main(String[] args) throws Exception {
        try (ServerSocket listening = new ServerSocket(Integer.parseInt(args[1]), 50, InetAddress.getByName(args[0]))) {
            System.out.println(listening.isBound() ? READY : "not bound");
            Thread.sleep(3000L * Lab.MAX_SECONDS);
        }
    }
}
