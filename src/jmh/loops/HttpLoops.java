import io.chagres.handle.Timer;
import io.chagres.loop.Loop;
import io.chagres.net.ListenOptions;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.Socket;
import java.lang.reflect.Constructor;
import java.lang.reflect.Method;

/**
 * The example HttpPlaintext on several loops: each is an HttpPlaintext on a thread of its own, with a listening socket of its own on the
 * same port. It is compiled together with the example, of which it needs two private members.
 *
 * <pre>java HttpLoops PORT LOOPS</pre>
 */
final class HttpLoops {

    private static final int BACKLOG = 511;
    private static final int SECOND = 1000;

    private static int port;

    public static void main(String[] args) {
        port = Integer.parseInt(args[0]);
        int loops = Integer.parseInt(args[1]);
        for (int i = 0; i < loops; i++) {
            Loop.start("http-" + i, HttpLoops::serve);
        }
        System.out.println("listening " + port);
    }

    /** Called on one thread after the other: a start waits until its loop is ready. */
    private static void serve(Loop loop) {
        HttpPlaintext http = new HttpPlaintext();
        tellTime(http);
        Timer.every(loop, SECOND, () -> tellTime(http)).unref();
        Server server = Net.createServer(loop, socket -> serve(http, socket));
        server.listen(ListenOptions.at("127.0.0.1", port).backlog(BACKLOG).reusePort(true));
        port = server.address().port();
    }

    private static void tellTime(HttpPlaintext http) {
        try {
            Method method = HttpPlaintext.class.getDeclaredMethod("tellTime");
            method.setAccessible(true);
            method.invoke(http);
        } catch (ReflectiveOperationException changed) {
            throw new IllegalStateException("the example has changed", changed);
        }
    }

    private static void serve(HttpPlaintext http, Socket socket) {
        try {
            Constructor<?> constructor =
                    Class.forName("HttpPlaintext$Client").getDeclaredConstructor(HttpPlaintext.class, Socket.class);
            constructor.setAccessible(true);
            constructor.newInstance(http, socket);
        } catch (ReflectiveOperationException changed) {
            throw new IllegalStateException("the example has changed", changed);
        }
    }
}
