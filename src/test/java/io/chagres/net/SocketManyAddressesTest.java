package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.ChagresException;
import io.chagres.address.BlockList;
import io.chagres.address.HostLookup;
import io.chagres.address.SocketAddress;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.loop.Loop;
import java.util.List;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A name server that answers with more addresses than anybody needs. */
@ConnectionTest
@Timeout(60)
class SocketManyAddressesTest {

    private static final int MANY = 100_000;

    private final Journal journal = new Journal();

    @Test
    void anyNumberOfAddressesMayFailAtOnce(Loop loop) {
        Socket socket = connect(loop, SocketOptions.defaults(), SocketManyAddressesTest::multicast);
        loop.run();
        journal.expect("error ENETUNREACH, 100 in all", "close true");
        assertEquals(
                ConnectAttempts.MAX_ADDRESSES,
                socket.autoSelectFamilyAttemptedAddresses().size());
    }

    @Test
    void anyNumberOfAddressesMayBeBlocked(Loop loop) {
        BlockList blockList = new BlockList().addSubnet("224.0.0.0", 4);
        connect(loop, SocketOptions.defaults().blockList(blockList), SocketManyAddressesTest::multicast);
        loop.run();
        journal.expect("error ERR_IP_BLOCKED, 100 in all", "close true");
    }

    @Test
    void eachFamilyHasItsShareOfTheAddressesThatAreTried(Loop loop) {
        Socket socket = connect(
                loop,
                SocketOptions.defaults(),
                i -> i < MANY - 10 ? multicast(i) : "ff0e::" + Integer.toHexString(i - (MANY - 10)));
        loop.run();
        List<SocketAddress> attempted = socket.autoSelectFamilyAttemptedAddresses();
        assertEquals(ConnectAttempts.MAX_ADDRESSES, attempted.size());
        assertEquals(10, attempted.stream().filter(SocketAddress::isIPv6).count());
        assertEquals("ff0e::", attempted.get(1).address());
    }

    /** To such an address there is no TCP: connect(2) fails at once. */
    private static String multicast(int i) {
        return "224." + (i >> 16) + "." + (i >> 8 & 255) + "." + (i & 255);
    }

    private Socket connect(Loop loop, SocketOptions options, IntFunction<String> address) {
        List<HostLookup.Address> answer = IntStream.range(0, MANY)
                .mapToObj(address)
                .map(HostLookup.Address::of)
                .toList();
        Socket socket = new Socket(loop, options);
        socket.onError(this::note);
        socket.onClose(hadError -> journal.add("close " + hadError));
        return socket.connect(
                ConnectOptions.to("many.test", 9297).lookup((host, how, result) -> result.accept(answer, null)), null);
    }

    private void note(ChagresException error) {
        journal.add("error " + error.code() + ", " + error.getSuppressed().length + " in all");
    }
}
