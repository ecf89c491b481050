package io.chagres.group;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.loop.Loop;
import io.chagres.loop.LoopThread;
import io.chagres.loop.internal.LoopCore;
import io.chagres.loop.internal.LoopFuture;
import io.chagres.loop.internal.WorkerPool;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/** The places of a group, by index: what is done with all loops together. */
final class Members {

    private final GroupOptions options;
    private final List<Member> members;
    private final AtomicInteger turns = new AtomicInteger();

    Members(int loops, GroupOptions options) {
        this.options = options;
        members = places(loops, options);
    }

    private static List<Member> places(int loops, GroupOptions options) {
        List<Integer> processors = options.pinned() ? Processors.allowed() : List.of();
        if (options.pinned() && loops > processors.size()) {
            throw new UsageException(
                    "EINVAL", loops + " loops can't be pinned to the processors " + processors + " of this process");
        }
        List<Member> members = new ArrayList<>(loops);
        for (int i = 0; i < loops; i++) {
            members.add(new Member(
                    i, options.name() + "-" + i, options.pinned() ? processors.get(i) : Member.NO_PROCESSOR));
        }
        return List.copyOf(members);
    }

    /** Starts all loops or none. */
    void startAll() {
        List<LoopThread> started = new ArrayList<>(members.size());
        for (Member member : members) {
            try {
                started.add(member.start(options, loop -> {}));
            } catch (Throwable failed) {
                started.forEach(LoopThread::close);
                throw of(member, "has not started", "ERR_LOOP_START", failed);
            }
            member.take(started.getLast());
        }
    }

    private ChagresException of(Member member, String what, String code, Throwable cause) {
        return new ChagresException(
                cause instanceof ChagresException known ? known.code() : code,
                "loop " + member.index + " of " + members.size() + ", \"" + member.name + "\", " + what + ": " + cause,
                cause);
    }

    // ---- asking

    int size() {
        return members.size();
    }

    List<Member> all() {
        return members;
    }

    Member get(int index) {
        UsageException.requireRange(index, 0, members.size() - 1, "index");
        return members.get(index);
    }

    boolean areAllAlive() {
        return members.stream().allMatch(Member::isAlive);
    }

    Loop next() {
        return members.get(turn()).loop();
    }

    private int turn() {
        return Math.floorMod(turns.getAndIncrement(), members.size());
    }

    /** Returns the loop with the least {@code load} that is alive; of several, the one that is next in turn. */
    Loop leastBusy(ToLongFunction<Member> load) {
        int first = turn();
        Member best = members.get(first);
        long min = Long.MAX_VALUE;
        for (int i = 0; i < members.size(); i++) {
            Member member = members.get((first + i) % members.size());
            long its = member.isAlive() ? load.applyAsLong(member) : Long.MAX_VALUE;
            if (its < min) {
                min = its;
                best = member;
            }
        }
        return best.loop();
    }

    /** Returns whether the calling thread is that of a loop, or of a worker that runs Work of one. */
    boolean haveCaller() {
        Thread caller = Thread.currentThread();
        return members.stream()
                .map(member -> LoopCore.of(member.loop()))
                .anyMatch(core -> core.isLoopThread() || WorkerPool.isServedBy(core, worker -> worker == caller));
    }

    /** Returns {@code ended} as a future that refuses a wait on the thread of a loop, which would wait for itself. */
    CompletableFuture<Void> refusingWaits(CompletableFuture<Void> ended) {
        return LoopFuture.of(
                ended,
                () -> members.stream()
                        .anyMatch(member -> LoopCore.of(member.loop()).isLoopThread()));
    }

    // ---- calling

    CompletableFuture<Void> forEach(Consumer<? super Loop> action) {
        return refusingWaits(CompletableFuture.allOf(
                members.stream().map(member -> call(member, action)).toArray(CompletableFuture[]::new)));
    }

    private static CompletableFuture<Void> call(Member member, Consumer<? super Loop> action) {
        CompletableFuture<Void> done = new CompletableFuture<>();
        LoopThread thread = member.thread();
        Loop loop = thread.loop();
        Consumer<@Nullable Throwable> lost = failure -> done.completeExceptionally(
                new RejectedExecutionException("the loop has ended before the call: " + thread, failure));
        thread.onExit(lost);
        done.whenComplete((none, thrown) -> thread.offExit(lost));
        try {
            loop.execute(() -> {
                try {
                    action.accept(loop);
                    done.complete(null);
                } catch (Throwable thrown) {
                    done.completeExceptionally(thrown);
                }
            });
        } catch (RejectedExecutionException ended) {
            done.completeExceptionally(ended);
        }
        return done;
    }

    /** Runs {@code action} on each loop and waits; throws what the first has thrown, with the name of its loop. */
    void onEach(String what, BiConsumer<Member, Loop> action) {
        List<CompletableFuture<Void>> calls = members.stream()
                .map(member -> call(member, loop -> action.accept(member, loop)))
                .toList();
        ChagresException failed = null;
        for (Member member : members) {
            Throwable thrown =
                    calls.get(member.index).handle((none, cause) -> cause).join();
            if (thrown != null && failed == null) {
                failed = of(member, what, "ERR_LISTEN", thrown);
            }
        }
        if (failed != null) {
            throw failed;
        }
    }

    // ---- the end

    /** Orders all loops to end. */
    void stop() {
        members.forEach(Member::stop);
    }

    /** Waits until all have ended, or have been waited for up to {@code limit}, null for none. Throws for those that have not. */
    void awaitEnd(@Nullable Duration limit) {
        long end = limit == null ? 0 : System.nanoTime() + TimeUnit.NANOSECONDS.convert(limit);
        RuntimeException stuck = null;
        for (Member member : members) {
            try {
                if (limit == null) {
                    member.thread().close();
                } else {
                    member.thread().close(Duration.ofNanos(end - System.nanoTime()));
                }
            } catch (RuntimeException held) {
                if (stuck == null) {
                    stuck = held;
                } else {
                    stuck.addSuppressed(held);
                }
            }
        }
        if (stuck != null) {
            throw stuck;
        }
    }
}
