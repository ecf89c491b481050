package io.chagres.net;

import io.chagres.address.BlockList;
import io.chagres.address.HostLookup;
import io.chagres.conformance.Covers;
import io.chagres.fixture.ConnectionTest;
import io.chagres.fixture.Journal;
import io.chagres.fixture.Peer;
import io.chagres.fixture.Talk;
import io.chagres.loop.Loop;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Where a client must not go. */
@ConnectionTest
@Covers("node:test-net-blocklist")
class SocketBlockListTest {

    private final Journal journal = new Journal();
    private final BlockList list = new BlockList().addAddress("127.0.0.1").addAddress("127.0.0.2");

    @Test
    void anAddressThatIsBlockedIsNotTried(Loop loop) {
        connect(loop, ConnectOptions.to("127.0.0.1", 9));
        loop.run();
        journal.expect("error ERR_IP_BLOCKED IP(127.0.0.1) is blocked by net.BlockList", "close true");
    }

    @Test
    void theOnlyAddressOfANameIsNotTriedIfItIsBlocked(Loop loop) {
        connect(loop, finding(9, "127.0.0.2"));
        loop.run();
        journal.expect("error ERR_IP_BLOCKED IP(127.0.0.2) is blocked by net.BlockList", "close true");
    }

    @Test
    void ofSeveralAddressesThoseThatAreNotBlockedAreTried(Loop loop) {
        try (Peer<String> server = Peer.server(Talk::allText)) {
            list.removeAddress("127.0.0.1");
            Socket client = connect(loop, finding(server.port(), "127.0.0.2", "127.0.0.1"));
            client.onConnect(client::end);
            loop.run();
        }
        journal.expect("failed 127.0.0.2 ERR_IP_BLOCKED", "try 127.0.0.1", "connect", "close false");
    }

    @Test
    void aConnectFailsIfAllAddressesAreBlocked(Loop loop) {
        connect(loop, finding(9, "127.0.0.2", "127.0.0.1"));
        loop.run();
        journal.expect(
                "failed 127.0.0.2 ERR_IP_BLOCKED",
                "failed 127.0.0.1 ERR_IP_BLOCKED",
                "error ERR_IP_BLOCKED ",
                "close true");
    }

    private static ConnectOptions finding(int port, String... addresses) {
        return ConnectOptions.to("several.test", port)
                .lookup((host, options, answer) -> answer.accept(
                        Stream.of(addresses).map(HostLookup.Address::of).toList(), null));
    }

    private Socket connect(Loop loop, ConnectOptions options) {
        return Net.connect(loop, SocketOptions.defaults().blockList(list), options)
                .onConnectionAttempt(remote -> journal.add("try " + remote.address()))
                .onConnectionAttemptFailed(
                        (remote, error) -> journal.add("failed " + remote.address() + " " + error.code()))
                .onConnect(journal.note("connect"))
                .onError(error -> journal.add("error " + error.code() + " " + error.getMessage()))
                .onClose(hadError -> journal.add("close " + hadError))
                .resume();
    }
}
