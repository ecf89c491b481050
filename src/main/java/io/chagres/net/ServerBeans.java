package io.chagres.net;

import io.chagres.UsageException;
import io.chagres.loop.internal.BeanServer;
import io.chagres.loop.internal.Beans;
import io.chagres.loop.internal.LoopCore;
import io.chagres.socket.SocketHandle;

/**
 * The registration of servers with the platform's MBean server. {@link io.chagres.loop.LoopBeans} describes the rules, which are the
 * same: the system property {@code chagres.jmx=true} registers each server when it listens.
 *
 * <pre>{@code
 * server.listen(8080, () -> ServerBeans.register(server)); // io.chagres:type=Server,loop=main,name="*:8080"
 * }</pre>
 */
public final class ServerBeans {

    private ServerBeans() {}

    /**
     * Registers a {@link ServerMXBean} under the address that the server listens on, until its close event. If the name is taken, "-2"
     * or a greater number is added.
     *
     * @return the text of its ObjectName
     * @throws UsageException EINVAL if the server is null; ERR_SERVER_NOT_RUNNING if it does not listen; ERR_UNAVAILABLE if this JVM has
     *     no module java.management
     */
    public static String register(Server server) {
        LoopCore core =
                LoopCore.of(UsageException.requireArgument(server, "server").loop());
        core.checkThread();
        SocketHandle handle = server.handle();
        if (handle == null) {
            throw new UsageException("ERR_SERVER_NOT_RUNNING", "Server is not running.");
        }
        BeanServer beans = Beans.of(core);
        String keys =
                "type=Server,loop=" + BeanServer.quoted(Thread.currentThread().getName());
        String name = beans.register(keys, handle.describeEnds(), new ServerBean(server));
        server.onClose(new Removal(server, beans, name));
        return name;
    }

    /** Registers {@code server} because the system property asks for it. Without the module java.management, it does nothing. */
    static void offer(Server server) {
        try {
            register(server);
        } catch (UsageException unavailable) {
            // an image without the module works
        }
    }

    /** Takes the bean off at the close event, and is called once: a server can listen again. */
    private record Removal(Server server, BeanServer beans, String name) implements Runnable {
        @Override
        public void run() {
            server.offClose(this);
            beans.unregister(name);
        }
    }
}
