package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;

import io.chagres.ChagresException;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Talk;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.stream.Duplex;
import io.chagres.stream.DuplexOptions;
import io.chagres.stream.Streams;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A socket that is connected again is in the state of one that is connected for the first time, however its first connection came
 * to its end: nothing of that is left but what its user has set. All fields are compared, at each step of the second life.
 */
@ConnectionTest
class SocketSecondLifeStateTest {

    private static final int MORE_THAN_THE_KERNEL_TAKES = 16 << 20;

    private final Journal journal = new Journal();

    /** A socket in its first life, which is connecting when this is made. What is asked for here happens in that life only. */
    static final class Life {

        final Socket socket;
        private boolean over;

        Life(Socket socket) {
            this.socket = socket;
            socket.onClose(hadError -> over = true);
        }

        Life onConnect(Runnable action) {
            socket.onConnect(() -> unlessOver(action));
            return this;
        }

        Life onData(Runnable action) {
            socket.onData(chunk -> unlessOver(action));
            return this;
        }

        Life onEnd(Runnable action) {
            socket.onEnd(() -> unlessOver(action));
            return this;
        }

        /** Not in this callback. */
        void later(Runnable action) {
            socket.loop().execute(() -> unlessOver(action));
        }

        private void unlessOver(Runnable action) {
            if (!over) {
                action.run();
            }
        }
    }

    /**
     * How a first life comes to its close.
     *
     * @param server what the other side does with the connection
     */
    record Ending(String name, Consumer<Life> client, Consumer<Socket> server) {
        @Override
        public String toString() {
            return name;
        }
    }

    static Stream<Ending> endings() {
        return Stream.of(ends(), destroys(), beforeTheConnection(), inPipes()).flatMap(Stream::of);
    }

    private static Ending[] ends() {
        return new Ending[] {
            new Ending(
                    "both sides have ended",
                    life -> life.socket.resume(),
                    peer -> peer.resume().end("x")),
            new Ending("this side has ended", life -> life.socket.resume().end(), Socket::resume),
            new Ending(
                    "destroyed when all is written",
                    life -> {
                        life.socket.write("x");
                        life.socket.destroySoon();
                    },
                    Socket::resume),
            new Ending(
                    "the peer has reset it",
                    life -> life.socket.resume().write("x"),
                    peer -> peer.onData(chunk -> peer.resetAndDestroy())),
            new Ending(
                    "a character is cut",
                    life -> life.socket.resume(),
                    peer -> peer.resume().end(ByteBuffer.wrap(new byte[] {(byte) 0xC3}), null)),
            new Ending(
                    "more was asked for than the mark lets in",
                    life -> life.onConnect(() -> {
                        life.socket.read(1 << 20);
                        life.later(life.socket::destroy);
                    }),
                    Socket::resume),
            new Ending(
                    "its listeners for readable have gone",
                    life -> {
                        Runnable listener = () -> {};
                        life.socket.onReadable(listener);
                        life.onConnect(() -> life.later(() -> {
                            life.socket.offReadable(listener);
                            life.socket.destroy();
                        }));
                    },
                    peer -> peer.resume().write("x")),
        };
    }

    private static Ending[] destroys() {
        return new Ending[] {
            new Ending(
                    "destroyed while it waits for bytes",
                    life -> life.onConnect(() -> life.later(life.socket.resume()::destroy)),
                    Socket::resume),
            new Ending(
                    "destroyed while bytes wait to be read",
                    life -> life.onConnect(() -> life.later(() -> life.later(life.socket::destroy))),
                    peer -> peer.resume().write("x")),
            new Ending(
                    "destroyed with an error",
                    life -> life.onConnect(() -> life.socket.destroy(new ChagresException("EX", "x"))),
                    Socket::resume),
            new Ending("reset", life -> life.onConnect(() -> life.later(life.socket::resetAndDestroy)), Socket::resume),
            new Ending(
                    "destroyed while it ends",
                    life -> life.onConnect(() -> {
                        life.socket.end("x");
                        life.socket.destroy();
                    }),
                    Socket::resume),
            new Ending(
                    "destroyed while it is corked",
                    life -> life.onConnect(() -> {
                        life.socket.cork();
                        life.socket.write("x");
                        life.socket.write("y");
                        life.socket.destroy();
                    }),
                    Socket::resume),
            new Ending(
                    "destroyed with a write under way and others behind it",
                    life -> life.onConnect(() -> {
                        life.socket.write(ByteBuffer.allocate(MORE_THAN_THE_KERNEL_TAKES));
                        life.socket.write("x");
                        life.socket.end("y");
                        life.later(life.socket::destroy);
                    }),
                    Socket::pause),
            new Ending(
                    "destroyed in the event of data",
                    life -> life.onData(life.socket::destroy),
                    peer -> peer.resume().write("x")),
            new Ending(
                    "destroyed at its end",
                    life -> life.onEnd(life.socket.resume()::destroy),
                    peer -> peer.resume().end("x")),
            new Ending(
                    "destroyed by its timeout",
                    life -> life.socket.setTimeout(1, () -> {
                        life.socket.setTimeout(0);
                        life.socket.destroy();
                    }),
                    Socket::resume),
        };
    }

    private static Ending[] beforeTheConnection() {
        return new Ending[] {
            new Ending("destroyed while it connects", life -> life.socket.destroy(), Socket::resume),
            new Ending(
                    "destroyed while it connects, writes and ends",
                    life -> {
                        life.socket.write("x");
                        life.socket.write("y");
                        life.socket.end().destroy();
                    },
                    Socket::resume),
            new Ending(
                    "destroyed while it connects and wants to read",
                    life -> {
                        life.socket.read(0);
                        life.socket.destroy();
                    },
                    Socket::resume),
            new Ending(
                    "destroyed soon, and then at once",
                    life -> {
                        life.socket.destroySoon();
                        life.socket.destroy();
                    },
                    Socket::resume),
            new Ending("reset while it connects", life -> life.socket.resetAndDestroy(), Socket::resume),
            new Ending(
                    "reset while it connects, and destroyed",
                    life -> life.socket.resetAndDestroy().destroy(),
                    Socket::resume),
            new Ending(
                    "destroyed in the connect event with writes before it",
                    life -> {
                        life.socket.write("x");
                        life.onConnect(life.socket::destroy);
                    },
                    Socket::resume),
        };
    }

    private static Ending[] inPipes() {
        return new Ending[] {
            new Ending(
                    "ended into a sink that takes nothing",
                    life -> life.socket.pipe(new Stuck(life.socket.loop())),
                    peer -> peer.resume().end("x")),
            new Ending(
                    "destroyed while its sink is full",
                    life -> {
                        life.socket.pipe(new Stuck(life.socket.loop()));
                        life.onData(() -> life.later(life.socket::destroy));
                    },
                    peer -> peer.resume().write(ByteBuffer.allocate(1 << 20))),
            new Ending(
                    "unpiped, which pauses it",
                    life -> life.onConnect(() -> {
                        Stuck sink = life.socket.pipe(new Stuck(life.socket.loop()));
                        life.socket.unpipe(sink);
                        life.later(life.socket::destroy);
                    }),
                    Socket::resume),
            new Ending(
                    "in a pipeline that has failed",
                    life -> {
                        Stuck sink = new Stuck(life.socket.loop());
                        Streams.pipeline(List.of(life.socket, sink), error -> {});
                        life.onConnect(() -> sink.destroy(new ChagresException("EX", "x")));
                    },
                    Socket::resume),
            new Ending(
                    "at the end of a pipeline that has failed",
                    life -> {
                        Stuck source = new Stuck(life.socket.loop());
                        Streams.pipeline(List.of(source, life.socket), error -> {});
                        life.onConnect(() -> source.destroy(new ChagresException("EX", "x")));
                    },
                    Socket::resume),
            new Ending(
                    "fed by a pipe",
                    life -> {
                        new Stuck(life.socket.loop()).pipe(life.socket);
                        life.onConnect(life.socket::destroy);
                    },
                    Socket::resume),
            new Ending(
                    "read as an input stream",
                    life -> {
                        life.socket.inputStream();
                        life.onConnect(() -> life.later(life.socket::destroy));
                    },
                    Socket::resume),
        };
    }

    /** A stream that keeps the first write for good, and never has a byte. */
    private static final class Stuck extends Duplex {

        Stuck(Loop loop) {
            super(loop, DuplexOptions.defaults().highWaterMark(1));
        }

        @Override
        protected void doRead() {}

        @Override
        protected void doWrite(ByteBuffer data, Completion done) {}
    }

    @ParameterizedTest
    @MethodSource("endings")
    void theStateOfASecondConnectionIsThatOfAFirstOne(Ending ending, Loop loop) {
        Server first = Net.createServer(loop, ending.server().andThen(peer -> peer.onError(error -> {})));
        Server echo = Net.createServer(loop, socket -> socket.pipe(socket));
        first.listen(0, Local.HOST);
        echo.listen(0, Local.HOST);
        Map<String, Map<String, String>> expected = new TreeMap<>();
        Map<String, Map<String, String>> found = new TreeMap<>();
        live(new Socket(loop), echo, expected, () -> {
            Socket used = new Socket(loop).onError(error -> {});
            used.connect(first.address().port(), Local.HOST);
            ending.client().accept(new Life(used));
            boolean[] second = {false};
            used.onClose(hadError -> {
                first.close();
                first.closeAllConnections();
                if (!second[0]) {
                    second[0] = true;
                    live(used, echo, found, echo::close);
                }
            });
        });
        loop.run();
        assertEquals(expected.keySet(), found.keySet());
        expected.forEach((step, fields) -> assertEquals(Map.of(), differences(fields, found.get(step)), step));
        journal.expect("connect", "data hello", "end", "close false", "connect", "data hello", "end", "close false");
    }

    /** Connects to an echo, and notes all fields on the way. */
    private void live(Socket socket, Server echo, Map<String, Map<String, String>> steps, Runnable then) {
        socket.onData(chunk -> {
            journal.add("data " + Talk.text(chunk));
            steps.put("3 data", SocketFields.of(socket));
            socket.end();
        });
        socket.onConnect(() -> {
            journal.add("connect");
            steps.put("2 connected", SocketFields.of(socket));
            socket.write("hello");
        });
        socket.onEnd(() -> {
            journal.add("end");
            steps.put("4 end", SocketFields.of(socket));
        });
        socket.onClose(hadError -> {
            if (steps.containsKey("4 end")) {
                journal.add("close " + hadError);
                then.run();
            }
        });
        socket.connect(echo.address().port(), Local.HOST);
        steps.put("1 connecting", SocketFields.of(socket));
    }

    private static Map<String, String> differences(Map<String, String> expected, Map<String, String> found) {
        assertNotNull(found);
        Map<String, String> differences = new TreeMap<>();
        for (String field : new TreeMap<>(expected).keySet()) {
            if (!expected.get(field).equals(found.get(field))) {
                differences.put(field, found.get(field) + " instead of " + expected.get(field));
            }
        }
        found.keySet().stream()
                .filter(field -> !expected.containsKey(field))
                .forEach(field -> differences.put(field, found.get(field) + " instead of nothing"));
        return differences;
    }
}
