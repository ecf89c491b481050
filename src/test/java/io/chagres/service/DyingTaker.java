package io.chagres.service;

import io.chagres.fixture.ForkedJvm;
import io.chagres.loop.Loop;
import io.chagres.net.Net;
import io.chagres.net.Server;
import java.util.concurrent.locks.LockSupport;

/** A new process that stops at a step of the handover, and waits there to be killed. */
final class DyingTaker {

    private DyingTaker() {}

    public static void main(String[] args) {
        ForkedJvm.haltAfter(60);
        String step = args[1];
        Takeover taken = Handover.take(args[0]).orElseThrow();
        stopAt("taken", step);
        try (Loop loop = new Loop()) {
            Server server = Net.createServer(loop, socket -> socket.resume());
            server.listen(taken.listener("http").orElseThrow()).pauseAccepting();
            stopAt("listening", step);
            taken.ready(loop, (name, connection) -> {
                stopAt("moving", step);
                return false;
            });
            loop.run();
        }
    }

    private static void stopAt(String here, String step) {
        if (here.equals(step)) {
            System.out.println(here);
            while (true) {
                LockSupport.park();
            }
        }
    }
}
