package io.chagres.net;

import io.chagres.fixture.ConnectionTest;
import io.chagres.handle.Idle;
import io.chagres.loop.Loop;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Two sockets that do at random what users may do, some hundred times, against a model of what must come of it. */
@ConnectionTest
class SocketModelTest {

    private static final int RUNS = Integer.getInteger("chagres.runs", 300);

    private ModelSide client;
    private ModelSide accepted;

    @Test
    void whateverBothDoTheBytesTheCallbacksAndTheEventsAreRight(Loop loop) {
        long seed = Long.getLong("chagres.seed", System.nanoTime());
        System.out.println("SocketModelTest: -Dchagres.seed=" + seed);
        for (int run = 0; run < RUNS; run++) {
            try {
                play(loop, new Random(seed + run));
            } catch (Throwable failure) {
                throw new AssertionError("run " + run + " of -Dchagres.seed=" + seed + ": " + failure.getMessage(), failure);
            }
        }
    }

    private void play(Loop loop, Random random) {
        client = accepted = null;
        boolean halfOpen = random.nextBoolean();
        int mark = random.nextInt(3) == 0 ? random.nextInt(1000) : 64 * 1024;
        ServerOptions options = new ServerOptions().allowHalfOpen(halfOpen).highWaterMark(mark);
        int port = Local.once(loop, options, socket -> {
            accepted = new ModelSide("accepted", socket, random);
            begin(loop, random);
        });
        Socket socket = Net.connect(loop,
            new ConnectOptions().port(port).host(Local.HOST).allowHalfOpen(halfOpen).highWaterMark(mark), null);
        socket.onConnect(() -> {
            client = new ModelSide("client", socket, random);
            begin(loop, random);
        });
        loop.run();
        client.check();
        accepted.check();
    }

    private void begin(Loop loop, Random random) {
        if (client == null || accepted == null) {
            return;
        }
        client.faces(accepted);
        accepted.faces(client);
        int[] left = {random.nextInt(150)};
        Idle driver = new Idle(loop);
        driver.start(() -> {
            if (left[0]-- > 0) {
                (random.nextBoolean() ? client : accepted).act();
            } else if (left[0] == -1) {
                client.finish();
                accepted.finish();
            } else if (client.isClosed() && accepted.isClosed()) {
                driver.close();
            } else {
                client.keepGoing();
                accepted.keepGoing();
            }
        });
    }
}
