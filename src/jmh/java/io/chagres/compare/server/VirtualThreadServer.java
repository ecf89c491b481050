package io.chagres.compare.server;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** The JDK's virtual threads: one for each connection, which blocks in read and write. */
final class VirtualThreadServer {

    public static void main(String[] args) throws IOException {
        Task task = Task.of(args);
        try (ServerSocket listener = new ServerSocket(task.port(), Task.BACKLOG, InetAddress.getByName(Task.HOST))) {
            Task.announce(listener.getLocalPort());
            while (true) {
                Socket client = listener.accept();
                Thread.startVirtualThread(() -> serve(client, task.mode()));
            }
        }
    }

    private static void serve(Socket client, Mode mode) {
        try (client) {
            client.setTcpNoDelay(true);
            InputStream in = client.getInputStream();
            OutputStream out = client.getOutputStream();
            switch (mode) {
                case ECHO -> in.transferTo(out);
                case SINK -> in.transferTo(OutputStream.nullOutputStream());
                default -> pour(out);
            }
        } catch (IOException gone) {
            // its thread ends with the connection
        }
    }

    private static void pour(OutputStream out) throws IOException {
        byte[] piece = new byte[Task.PIECE];
        while (true) {
            out.write(piece);
        }
    }
}
