package io.chagres.socket;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;

/** The side that is cut off: it accepts all connections, sends nothing, and runs until it is killed. */
final class KeepAliveNamespacePeer {

    private KeepAliveNamespacePeer() {}

    public static void main(String[] args) throws Exception {
        try (ServerSocket listener = new ServerSocket(Integer.parseInt(args[1]), 50, InetAddress.getByName(args[0]))) {
            System.out.println("listening");
            List<Socket> connections = new ArrayList<>();
            while (true) {
                connections.add(listener.accept());
            }
        }
    }
}
