package io.chagres.labs;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;

/** The program of lab 10 in one of two network namespaces. Starts the peer in the other one, and prints how each connection has ended. */
final class CutProgram {

    private static final int PORT = 9297;
    private static final int PATIENCE_SECONDS = 5;

    private CutProgram() {}

    /** The argument is the folder of the compiled lab. */
    public static void main(String[] args) throws Exception {
        Processes.haltAfter(2 * Lab.MAX_SECONDS);
        Map<String, String> ends = new ConcurrentHashMap<>();
        CountDownLatch cut = new CountDownLatch(1);
        CountDownLatch bothEnded = new CountDownLatch(2);
        Process peer = startPeer();
        try (Lab lab = Lab.open(10, Path.of(args[0]))) {
            BiConsumer<String, String> ended = (name, code) -> {
                ends.putIfAbsent(name, code);
                bothEnded.countDown();
            };
            lab.start("run", VanishedPeerCheck.PEER_IP, PORT, (Runnable) () -> cut(cut), ended);
            if (!cut.await(Lab.MAX_SECONDS, TimeUnit.SECONDS)) {
                System.out.println("the lab does not connect");
            }
            bothEnded.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } finally {
            peer.destroyForcibly().waitFor(Lab.MAX_SECONDS, TimeUnit.SECONDS);
        }
        for (String name : List.of("silent", "talking")) {
            System.out.println(name + " " + ends.getOrDefault(name, "still open after " + PATIENCE_SECONDS + " s"));
        }
        Runtime.getRuntime().halt(0);
    }

    private static Process startPeer() throws IOException {
        List<String> command = new ArrayList<>(List.of("ip", "netns", "exec", VanishedPeerCheck.PEER));
        command.addAll(Processes.java(SilentPeer.class, VanishedPeerCheck.PEER_IP, Integer.toString(PORT)));
        Process peer = new ProcessBuilder(command)
                .redirectInput(new File("/dev/null"))
                .redirectErrorStream(true)
                .start();
        BufferedReader printed = peer.inputReader();
        String line = printed.readLine();
        if (!SilentPeer.READY.equals(line)) {
            System.out.println("the peer has said " + line);
        }
        return peer;
    }

    private static void cut(CountDownLatch cut) {
        try {
            Processes.run(List.of("ip", "-n", VanishedPeerCheck.PEER, "link", "set", VanishedPeerCheck.CABLE, "down"));
        } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
        }
        cut.countDown();
    }
}
