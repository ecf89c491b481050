package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.address.BlockList;
import io.chagres.address.Family;
import io.chagres.address.HostLookup.Address;
import io.chagres.address.Lookup;
import io.chagres.address.LookupOptions;
import io.chagres.address.SocketAddress;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Gate;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Local;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.handle.Work;
import io.chagres.loop.Loop;
import io.chagres.loop.internal.WorkerPool;
import io.chagres.socket.SocketOption;
import io.chagres.socket.Tcp;
import io.chagres.sys.Sockets;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Options, arrays and lists that their owner changes once the call that took them has returned. */
@ConnectionTest
class OptionValuesTest {

    private final Journal journal = new Journal();

    @Test
    void aLookupGoesByItsOptionsAtTheCall(Loop loop) throws Exception {
        Gate mayEnd = occupyEveryLookupThread(loop);
        LookupOptions options = LookupOptions.defaults().family(Family.IPV4).service("80");
        Lookup.address(
                loop,
                "127.0.0.1",
                options,
                (found, failure) ->
                        journal.add(failure == null ? found.addresses().toString() : failure.getMessage()));
        options.family(Family.IPV6).service("81").hints(LookupOptions.Hint.AI_V4MAPPED);
        mayEnd.open();
        loop.run();
        journal.expect("[127.0.0.1:80]");
    }

    private static Gate occupyEveryLookupThread(Loop loop) throws InterruptedException {
        Gate started = new Gate(WorkerPool.lookups().size());
        Gate mayEnd = new Gate();
        for (int i = 0; i < WorkerPool.lookups().size(); i++) {
            Work.submitLookup(
                    loop,
                    () -> {
                        started.open();
                        mayEnd.await();
                        return null;
                    },
                    (done, failure) -> {});
        }
        started.await();
        return mayEnd;
    }

    /** What the lookup of a user does with the options that it is shown does not reach the connect. */
    @Test
    void aLookupOfTheUsersGetsOptionsOfItsOwn(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            List<Address> addresses = new ArrayList<>(List.of(Address.of("127.0.0.2"), Address.of("127.0.0.1")));
            ConnectOptions options = ConnectOptions.to(server.port()).lookup((host, wanted, answer) -> {
                wanted.family(Family.IPV4);
                answer.accept(addresses, null);
                addresses.clear();
            });
            Socket client = Net.connect(loop, options);
            client.onLookup((address, family, host, error) -> journal.add(address));
            client.onConnect(client::end);
            client.resume();
            loop.run();
        }
        journal.expect("127.0.0.2", "127.0.0.1");
    }

    @Test
    void aListOfAddressesMayBeChangedInTheLookupEvents(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            List<Address> addresses = new ArrayList<>(List.of(Address.of("127.0.0.1"), Address.of("127.0.0.1")));
            Socket client = Net.connect(
                    loop,
                    ConnectOptions.to(server.port())
                            .lookup((host, wanted, answer) -> loop.nextTick(() -> answer.accept(addresses, null))));
            client.onLookup((address, family, host, error) -> {
                journal.add(address);
                addresses.clear();
            });
            client.onConnect(client::end);
            client.resume();
            loop.run();
        }
        journal.expect("127.0.0.1", "127.0.0.1");
    }

    @Test
    void anOptionOfBytesIsCopiedUntilThereIsASocket(Loop loop) {
        SocketOption<byte[]> sendBuffer =
                SocketOption.ofBytes("SO_SNDBUF", Sockets.SOL_SOCKET, Sockets.SO_SNDBUF, Integer.BYTES);
        byte[] value = number(20_000);
        Tcp tcp = new Tcp(loop);
        tcp.set(sendBuffer, value);
        Socket socket = new Socket(loop, SocketOptions.defaults().set(sendBuffer, value));
        value[1] = 0;
        socket.get(sendBuffer)[1] = 0;
        assertArrayEquals(number(20_000), socket.get(sendBuffer));
        tcp.bind(new SocketAddress(Local.HOST, 0));
        assertEquals(40_000, tcp.get(SocketOption.SO_SNDBUF));
        tcp.close();
        socket.destroy();
        loop.run();
    }

    private static byte[] number(int value) {
        return ByteBuffer.allocate(Integer.BYTES)
                .order(ByteOrder.nativeOrder())
                .putInt(value)
                .array();
    }

    /** Not a value, and said to be none: rules can be added while the server runs. */
    @Test
    void aBlockListIsAskedAsItIsAtEachConnection(Loop loop) {
        BlockList list = new BlockList();
        Server server =
                Net.createServer(loop, ServerOptions.defaults().blockList(list), socket -> socket.end("served"));
        int port = server.listen(0, Local.HOST).address().port();
        try (Peer<String> first = Peer.client(port, Talk::allText)) {
            server.onConnection(socket -> {
                list.addAddress(Local.HOST);
                socket.onClose(hadError -> loop.stop());
                socket.resume();
            });
            loop.run();
            assertEquals("served", first.result());
        }
        try (Peer<String> second = Peer.client(port, socket -> {
            String all = Talk.allText(socket);
            loop.execute(server::close);
            return all;
        })) {
            loop.run();
            assertEquals("", second.result());
        }
    }
}
