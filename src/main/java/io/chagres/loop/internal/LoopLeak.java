package io.chagres.loop.internal;

import java.io.IOException;
import java.lang.ref.Cleaner;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A watch for a loop that is collected without having been closed: its descriptors, and those of its sockets, stay open until the process
 * ends. It knows the loop only by a number, since a reference would keep the loop from being collected.
 */
final class LoopLeak implements Runnable {

    /** Made with the first watch, because it has a thread. */
    private static final class CleanerHolder {
        static final Cleaner CLEANER = Cleaner.create(task -> {
            Thread thread = new Thread(task, "chagres-leaks");
            thread.setDaemon(true);
            return thread;
        });
    }

    private final int epoll;
    private final String maker = Thread.currentThread().getName();
    private final Origin origin = Origin.here();
    private volatile boolean closed;

    private LoopLeak(int epoll) {
        this.epoll = epoll;
    }

    /** Watches {@code loop}; returns null if no reports are wanted. */
    static @Nullable LoopLeak watch(Object loop, LoopCore core) {
        if (!LeakReports.areWanted()) {
            return null;
        }
        LoopLeak leak = new LoopLeak(core.phases().poller.fd());
        CleanerHolder.CLEANER.register(loop, leak);
        return leak;
    }

    /** Notes that the loop is closed. */
    void closed() {
        closed = true;
    }

    /** Called by the cleaner when the loop is unreachable. */
    @Override
    public void run() {
        if (!closed) {
            LeakReports.report("a loop was collected without close(): it was made on thread \"" + maker
                    + "\", and its descriptors stay open: epoll " + epoll + ", watching " + watched() + "\n"
                    + origin.lines("    "));
        }
    }

    /** Returns the numbers of the descriptors in the epoll set, as the kernel lists them. */
    private List<String> watched() {
        try (var lines = Files.lines(Path.of("/proc/self/fdinfo/" + epoll))) {
            return lines.filter(line -> line.startsWith("tfd:"))
                    .map(line -> line.substring("tfd:".length()).trim().split("\\s+")[0])
                    .toList();
        } catch (IOException | RuntimeException unknown) {
            return List.of();
        }
    }

    @Override
    public String toString() {
        return "LoopLeak (epoll " + epoll + (closed ? ", closed)" : ")");
    }
}
