package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.address.BlockList;
import io.chagres.fixture.Local;
import io.chagres.fixture.LoopFixture;
import io.chagres.handle.Work;
import io.chagres.loop.Loop;
import java.lang.management.ManagementFactory;
import java.util.List;
import javax.management.JMException;
import javax.management.MBeanServer;
import javax.management.ObjectName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The counters of a server, as getters and in its MBean. */
@ExtendWith(LoopFixture.class)
class ServerBeansTest {

    private static final MBeanServer BEANS = ManagementFactory.getPlatformMBeanServer();

    private static List<Object> read(String name, String... attributes) {
        try {
            return BEANS.getAttributes(new ObjectName(name), attributes).asList().stream()
                    .map(attribute -> attribute.getValue())
                    .toList();
        } catch (JMException wrong) {
            throw new AssertionError(wrong);
        }
    }

    @Test
    void theBeanCountsAcceptedAndDroppedConnectionsUntilTheServerCloses(Loop loop) throws JMException {
        String[] name = new String[1];
        Server server = Net.createServer(loop).setMaxConnections(1);
        server.listen(0, Local.HOST, () -> {
            name[0] = ServerBeans.register(server);
            Socket first = Local.connect(loop, server.address().port());
            first.onConnect(() -> Local.connect(loop, server.address().port())
                    .onClose(hadError -> {
                        assertEquals(
                                List.of(1, 1, 1L, 1L, 0L, 0L),
                                read(
                                        name[0],
                                        "Connections",
                                        "MaxConnections",
                                        "Accepted",
                                        "Dropped",
                                        "Blocked",
                                        "AcceptErrors"));
                        assertEquals(List.of(server.toString()), read(name[0], "State"));
                        assertEquals(1, server.acceptedCount());
                        first.destroy();
                        server.closeAllConnections();
                        server.close();
                    })
                    .resume());
        });
        loop.run();
        String port = name[0].replaceAll("[^0-9]+", " ").trim();
        assertTrue(name[0].startsWith("io.chagres:type=Server,loop="), port);
        assertTrue(name[0].contains("name=\"127.0.0.1:"), name[0]);
        assertFalse(BEANS.isRegistered(new ObjectName(name[0])));
    }

    @Test
    void aBlockedConnectionCounts(Loop loop) {
        BlockList blockList = new BlockList();
        blockList.addAddress(Local.HOST);
        Server server = Net.createServer(loop, ServerOptions.defaults().blockList(blockList));
        server.listen(
                0,
                Local.HOST,
                () -> Local.connect(loop, server.address().port())
                        .onClose(hadError -> server.close())
                        .resume());
        loop.run();
        assertEquals(1, server.blockedCount());
        assertEquals(0, server.acceptedCount() + server.droppedCount() + server.acceptErrorCount());
    }

    @Test
    void aServerThatDoesNotListenHasNoBean(Loop loop) {
        Server server = Net.createServer(loop);
        assertEquals(
                "ERR_SERVER_NOT_RUNNING",
                assertThrows(UsageException.class, () -> ServerBeans.register(server))
                        .code());
    }

    @Test
    void theWorkersCountBusyThreadsAndWaitingJobs(Loop loop) {
        Work.submit(
                loop,
                () -> {
                    assertTrue(Work.metrics().busyThreads() >= 1);
                    return null;
                },
                (result, failure) -> assertEquals(null, failure));
        loop.run();
        assertEquals(0, Work.metrics().waitingJobs() + Work.metrics().waitingSlowJobs());
        assertTrue(Work.metrics().threads() <= Work.metrics().maxThreads());
    }
}
