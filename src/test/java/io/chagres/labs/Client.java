package io.chagres.labs;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The other side of a lab: a blocking client of the JDK. Each of its reads has a limit. */
final class Client implements AutoCloseable {

    private static final int LIMIT_MILLIS = Lab.MAX_SECONDS * 1000;

    /** Small, so that a server has to queue what a client does not read. */
    private static final int RECEIVE_BUFFER = 64 * 1024;

    private final Socket socket = new Socket();

    Client(int port) throws IOException {
        socket.setReceiveBufferSize(RECEIVE_BUFFER);
        socket.connect(new InetSocketAddress(InetAddress.getByName("127.0.0.1"), port), LIMIT_MILLIS);
        socket.setSoTimeout(LIMIT_MILLIS);
    }

    /** Returns "accepted" or "refused". */
    static String tryToConnect(int port) {
        try (Client client = new Client(port)) {
            return client.socket.isConnected() ? "accepted" : "refused";
        } catch (IOException e) {
            return "refused";
        }
    }

    /** Writes a text and returns as many bytes of the answer as the text has, or how the connection has ended before. */
    String ask(String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        byte[] answer = new byte[bytes.length];
        int count = 0;
        try {
            socket.getOutputStream().write(bytes);
            InputStream in = socket.getInputStream();
            while (count < answer.length) {
                int read = in.read(answer, count, answer.length - count);
                if (read < 0) {
                    return count + " bytes, and then the end of the connection";
                }
                count += read;
            }
            return new String(answer, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return count + " bytes, and then " + why(e);
        }
    }

    /** Ends this side and returns what arrives after that: "the end", or something else. */
    String end() {
        try {
            socket.shutdownOutput();
            return socket.getInputStream().read() < 0 ? "the end" : "more bytes";
        } catch (IOException e) {
            return why(e);
        }
    }

    /** Writes all bytes, ends this side, and reads: meanwhile, or only then. Returns in words what has come back. */
    String exchange(byte[] bytes, boolean readsMeanwhile) throws InterruptedException {
        Thread writer = Thread.ofPlatform().daemon().start(() -> write(bytes));
        if (!readsMeanwhile) {
            writer.join(LIMIT_MILLIS);
        }
        ByteArrayOutputStream back = new ByteArrayOutputStream();
        String end = "the end";
        try {
            socket.getInputStream().transferTo(back);
        } catch (IOException e) {
            end = why(e);
        }
        boolean isSame =
                Arrays.equals(back.toByteArray(), 0, back.size(), bytes, 0, Math.min(back.size(), bytes.length));
        return bytes(back.size()) + (isSame ? "" : ", but others,") + " and then " + end;
    }

    private void write(byte[] bytes) {
        try {
            socket.getOutputStream().write(bytes);
            socket.shutdownOutput();
        } catch (IOException e) {
            // the server has closed the connection: the reader sees it too
        }
    }

    /** Returns the words of {@link #exchange} if everything comes back. */
    static String bytes(int count) {
        return "%,d bytes".formatted(count);
    }

    private static String why(IOException e) {
        return e instanceof SocketTimeoutException
                ? "nothing for " + Lab.MAX_SECONDS + " s"
                : "an error (" + e.getMessage() + ")";
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }
}
