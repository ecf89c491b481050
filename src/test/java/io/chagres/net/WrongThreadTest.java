package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.address.SocketAddress;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.fixture.Waits;
import io.chagres.framing.FrameReader;
import io.chagres.framing.Framing;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.Tcp;
import io.chagres.stream.CloseListener;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.FutureTask;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** Every public method of what lives on a loop throws on another thread, and changes nothing. */
@ConnectionTest
class WrongThreadTest {

    /** What never changes can be asked from anywhere. */
    private static final Set<String> ANYWHERE = Set.of(
            "has",
            "canReset",
            "localName",
            "remark",
            "loop",
            "server",
            "toString",
            "hashCode",
            "equals",
            "readableHighWaterMark",
            "writableHighWaterMark",
            "describeEnds",
            "connectionCount",
            "acceptedCount",
            "droppedCount");

    /** Arguments that would do; of other types, null, since the thread is looked at first. */
    private final Map<Class<?>, Object> samples = new HashMap<>();

    private final List<String> didNotThrow = new ArrayList<>();

    @Test
    void theMethodsOfASocketAreRefusedToAnotherThread(Loop loop) throws InterruptedException {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            Socket client = Local.connect(loop, server.port());
            client.onConnect(() -> {
                callAll(Socket.class, client, loop);
                assertTrue(client.isWritable());
                client.end("alive");
            });
            client.resume();
            loop.run();
            assertEquals("alive", server.result());
        }
        assertEquals(List.of(), didNotThrow);
    }

    @Test
    void theMethodsOfAServerAreRefusedToAnotherThread(Loop loop) {
        Server server = Net.createServer(loop, socket -> {});
        server.listen(0, Local.HOST, () -> {
            callAll(Server.class, server, loop);
            assertTrue(server.isListening());
            server.close();
        });
        loop.run();
        assertEquals(List.of(), didNotThrow);
    }

    @Test
    void theMethodsOfATcpHandleAreRefusedToAnotherThread(Loop loop) {
        Tcp tcp = new Tcp(loop);
        tcp.bind(new SocketAddress(Local.HOST, 0));
        callAll(Tcp.class, tcp, loop);
        tcp.close();
        loop.run();
        assertEquals(List.of(), didNotThrow);
    }

    @Test
    void theMethodsOfAFrameReaderAreRefusedToAnotherThread(Loop loop) {
        Socket socket = new Socket(loop);
        FrameReader reader = FrameReader.on(socket, Framing.lines(80));
        samples.put(Framing.class, Framing.fixed(1));
        callAll(FrameReader.class, reader, loop);
        elsewhere(() -> call("on", () -> FrameReader.on(socket, Framing.lines(80))));
        socket.destroy();
        loop.run();
        assertEquals(List.of(), didNotThrow);
    }

    @Test
    void theMethodsOfNetAreRefusedForTheLoopOfAnotherThread(Loop loop) {
        elsewhere(() -> {
            call("createServer", () -> Net.createServer(loop, socket -> {}));
            call("connect", () -> Net.connect(loop, 9));
            call("new Tcp", () -> new Tcp(loop));
        });
        assertEquals(List.of(), didNotThrow);
        loop.run();
    }

    private void call(String name, Runnable action) {
        try {
            action.run();
            didNotThrow.add(name);
        } catch (WrongThreadException expected) {
            // as it should
        }
    }

    private void callAll(Class<?> type, Object target, Loop loop) {
        Tcp handle = new Tcp(loop);
        prepareSamples(handle);
        elsewhere(() -> {
            for (Method method : type.getMethods()) {
                if (!Modifier.isStatic(method.getModifiers())
                        && method.getDeclaringClass() != Object.class
                        && !ANYWHERE.contains(method.getName())) {
                    call(method, target);
                }
            }
        });
        handle.close();
    }

    private void call(Method method, Object target) {
        Object[] arguments = new Object[method.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = samples.get(method.getParameterTypes()[i]);
        }
        method.setAccessible(true); // of what is public, some is declared in classes that are not
        try {
            method.invoke(target, arguments);
            didNotThrow.add(method.getName());
        } catch (InvocationTargetException e) {
            if (!(e.getCause() instanceof WrongThreadException)) {
                didNotThrow.add(method.getName() + ": " + e.getCause());
            }
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }

    private void prepareSamples(Tcp handle) {
        samples.put(int.class, 1);
        samples.put(long.class, 1000L);
        samples.put(boolean.class, true);
        samples.put(String.class, Local.HOST);
        samples.put(CharSequence.class, "text");
        samples.put(byte[].class, new byte[1]);
        samples.put(ByteBuffer.class, ByteBuffer.allocate(1));
        samples.put(ByteBuffer[].class, new ByteBuffer[] {ByteBuffer.allocate(1)});
        samples.put(Runnable.class, (Runnable) () -> {});
        samples.put(Consumer.class, (Consumer<Object>) anything -> {});
        samples.put(Completion.class, (Completion) error -> {});
        samples.put(CloseListener.class, (CloseListener) hadError -> {});
        samples.put(SocketAddress.class, new SocketAddress(Local.HOST, 0));
        samples.put(ListenOptions.class, ListenOptions.at(0));
        samples.put(SocketHandle.class, handle);
        samples.put(Charset.class, StandardCharsets.UTF_8);
    }

    private static void elsewhere(Runnable action) {
        FutureTask<Void> task = new FutureTask<>(action, null);
        Thread.ofPlatform().start(task);
        Waits.get(task);
    }
}
