import io.chagres.ChagresException;
import io.chagres.handle.Completion;
import io.chagres.handle.Signal;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.net.Layer;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.ServerOptions;
import io.chagres.net.Socket;
import io.chagres.net.SocketOptions;
import io.chagres.stream.Duplex;
import io.chagres.stream.DuplexOptions;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;

/**
 * A stream of one's own over another stream: a layer that compresses, by zlib (RFC 1950). Each write is flushed, so that the peer can
 * read all of it at once. It can be over a socket, or between a socket and TLS.
 *
 * <p>The program is an echo server and a client of it, which prints how much its text has shrunk. With a port as its argument it is only
 * the server, until Ctrl-C.
 *
 * <pre>java --enable-native-access=ALL-UNNAMED -cp target/classes examples/Compression.java [port]</pre>
 */
public class Compression extends Layer {

    private static final int PIECE = 16 * 1024;
    private static final Duration GRACE = Duration.ofSeconds(10);

    private final Deflater deflater = new Deflater();
    private final Inflater inflater = new Inflater();
    private boolean hasEnded;

    public Compression(Duplex below) {
        super(below, DuplexOptions.defaults());
    }

    // ---- in

    /** A few bytes can become many: they wait in the inflater until there is room. */
    @Override
    protected boolean received(ByteBuffer chunk) {
        inflater.setInput(chunk);
        return inflate();
    }

    @Override
    protected void doRead() {
        if (!inflate()) {
            return;
        }
        if (hasEnded) {
            end(inflater.finished());
        } else {
            super.doRead();
        }
    }

    @Override
    protected void receivedEnd() {
        hasEnded = true;
        if (inflate()) {
            end(inflater.finished());
        }
    }

    private void end(boolean isComplete) {
        if (isComplete) {
            pushEnd();
        } else {
            destroy(new ChagresException("Z_BUF_ERROR", "unexpected end of the compressed data"));
        }
    }

    /** Returns whether all was pushed, and there is room for more. */
    private boolean inflate() {
        try {
            boolean hasRoom = true;
            while (hasRoom && !isDestroyed()) {
                ByteBuffer piece = ByteBuffer.allocate(PIECE);
                if (inflater.inflate(piece) == 0) {
                    return true;
                }
                hasRoom = push(piece.flip());
            }
        } catch (DataFormatException wrong) {
            destroy(new ChagresException("Z_DATA_ERROR", String.valueOf(wrong.getMessage()), wrong));
        }
        return false;
    }

    // ---- out

    @Override
    protected void doWrite(ByteBuffer data, Completion done) {
        deflater.setInput(data.duplicate());
        deflate(Deflater.SYNC_FLUSH, done);
    }

    @Override
    protected void doFinal(Completion done) {
        deflater.finish();
        deflate(Deflater.NO_FLUSH, error -> {});
        super.doFinal(done);
    }

    /** Writes the output of the deflater below; {@code done} is called when all of it is written. */
    private void deflate(int flush, Completion done) {
        ByteBuffer piece;
        do {
            piece = ByteBuffer.allocate(PIECE);
            deflater.deflate(piece, flush);
            below().write(piece.flip(), piece.limit() < PIECE ? done : null);
        } while (piece.limit() == PIECE);
    }

    @Override
    protected void doDestroy(ChagresException error, Completion done) {
        deflater.end();
        inflater.end();
        super.doDestroy(error, done);
    }

    // ---- the program

    public static void main(String[] args) {
        int port = args.length > 0 ? Integer.parseInt(args[0]) : 0;
        try (Loop loop = new Loop()) {
            Server server = Net.createServer(loop, ServerOptions.defaults().allowHalfOpen(true), socket -> {
                Compression client = new Compression(socket);
                client.onError(error -> System.err.println("connection lost: " + error.getMessage()));
                client.pipe(client);
            });
            server.listen(port, "127.0.0.1", () -> {
                System.out.println("listening on " + server.address());
                if (args.length == 0) {
                    talk(server);
                }
            });
            Signal.on(loop, "INT", () -> server.close(GRACE)).unref();
            loop.run();
        }
    }

    private static void talk(Server server) {
        String text = "the same text again and again\n".repeat(10_000);
        int[] received = {0};
        ConnectOptions where = ConnectOptions.to("127.0.0.1", server.address().port());
        Socket socket = Net.connect(server.loop(), SocketOptions.defaults().allowHalfOpen(true), where);
        Compression client = new Compression(socket);
        client.onData(chunk -> received[0] += chunk.remaining());
        client.onClose(hadError -> {
            System.out.println(
                    text.length() + " bytes went as " + socket.bytesWritten() + ", and " + received[0] + " came back");
            server.close();
        });
        client.end(text);
    }
}
