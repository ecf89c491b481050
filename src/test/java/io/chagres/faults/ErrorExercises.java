package io.chagres.faults;

import static io.chagres.faults.ErrorWorld.surely;

import io.chagres.address.Lookup;
import io.chagres.address.LookupOptions;
import io.chagres.address.SocketAddress;
import io.chagres.blocking.Futures;
import io.chagres.fixture.Waits;
import io.chagres.handle.Async;
import io.chagres.handle.Handle;
import io.chagres.handle.Idle;
import io.chagres.handle.Signal;
import io.chagres.handle.Timer;
import io.chagres.handle.Work;
import io.chagres.loop.Loop;
import io.chagres.loop.LoopThread;
import io.chagres.loop.RunMode;
import io.chagres.loop.internal.LoopCore;
import io.chagres.net.ConnectOptions;
import io.chagres.net.Net;
import io.chagres.net.Server;
import io.chagres.net.Socket;
import io.chagres.socket.Pipe;
import io.chagres.socket.Tcp;
import io.chagres.stream.AbortController;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;

/** The exercises during which one step fails with an Error. */
final class ErrorExercises {

    private ErrorExercises() {}

    static Map<String, ErrorWorld.Exercise> all() {
        Map<String, ErrorWorld.Exercise> all = new LinkedHashMap<>();
        all.put("tasks of other threads", ErrorExercises::execute);
        all.put("futures of other threads", ErrorExercises::futures);
        all.put("an async", ErrorExercises::async);
        all.put("work", ErrorExercises::work);
        all.put("lookups", ErrorExercises::lookUp);
        all.put("a connect by name", ErrorExercises::connect);
        all.put("an abort", ErrorExercises::abort);
        all.put("many timers", ErrorExercises::timers);
        all.put("many ticks and completions", ErrorExercises::queues);
        all.put("handles of each kind", ErrorExercises::handles);
        all.put("watched descriptors", ErrorExercises::watch);
        all.put("a signal", ErrorExercises::signal);
        all.put("a loop", ErrorExercises::loop);
        all.put("a loop thread", ErrorExercises::loopThread);
        all.put("the close of a loop", ErrorExercises::close);
        return all;
    }

    /** Keeps the loop waiting until all tasks have been sent. */
    private static void execute(ErrorWorld world) {
        LoopCore.of(world.loop).keepAlive();
        Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 3; i++) {
                CountDownLatch answered = new CountDownLatch(1);
                world.request(
                        "task",
                        answer -> world.loop.execute(() -> {
                            answer.run();
                            answered.countDown();
                        }));
                world.call("wait", () -> awaitShortly(answered));
            }
            surely(() -> world.loop.execute(() -> LoopCore.of(world.loop).letGo()));
        });
        world.run();
    }

    /** One of the three calls is cancelled. */
    private static void futures(ErrorWorld world) {
        LoopCore.of(world.loop).keepAlive();
        Thread.ofPlatform().start(() -> {
            for (int i = 0; i < 3; i++) {
                CountDownLatch answered = new CountDownLatch(1);
                boolean isCancelled = i == 1;
                world.request("future", answer -> {
                    CompletableFuture<Integer> future = Futures.call(world.loop, () -> 1);
                    future.whenComplete((result, error) -> {
                        answer.run();
                        answered.countDown();
                    });
                    if (isCancelled) {
                        future.cancel(true);
                    }
                });
                world.call("wait", () -> awaitShortly(answered));
            }
            surely(() -> world.loop.execute(() -> LoopCore.of(world.loop).letGo()));
        });
        world.run();
    }

    private static void awaitShortly(CountDownLatch latch) {
        try {
            latch.await(5, TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Sends until the callback is called: a send that has thrown may have had no effect, a later one must have. */
    private static void async(ErrorWorld world) {
        CountDownLatch called = new CountDownLatch(1);
        Async[] async = new Async[1];
        world.call("async", () -> async[0] = new Async(world.loop, called::countDown));
        if (async[0] != null) {
            Thread.ofPlatform().start(() -> {
                world.call("send", async[0]::send);
                world.call("send", async[0]::send);
                ErrorWorld.await(called);
                surely(() -> world.loop.execute(async[0]::close));
            });
            world.run();
        }
        if (async[0] != null && called.getCount() > 0) {
            world.complain("the async was not called");
        }
    }

    private static void work(ErrorWorld world) {
        world.request("work", answer -> Work.submit(world.loop, () -> 1, (done, thrown) -> answer.run()));
        world.request(
                "failing work",
                answer -> Work.submit(
                        world.loop,
                        () -> {
                            throw new AssertionError("job");
                        },
                        (done, thrown) -> answer.run()));
        for (int i = 0; i < 6; i++) {
            world.request("slow work", answer -> Work.submitSlow(world.loop, () -> 1, (done, thrown) -> answer.run()));
        }
        world.request("cancelled work", answer -> {
            Work<?> work = Work.submitSlow(world.loop, () -> 1, (done, thrown) -> answer.run());
            world.call("cancel", work::cancel);
        });
        world.run();
    }

    private static void lookUp(ErrorWorld world) {
        for (int i = 0; i < 6; i++) {
            world.request(
                    "lookup",
                    answer -> Lookup.address(
                            world.loop, "127.0.0.1", LookupOptions.defaults(), (found, error) -> answer.run()));
        }
        world.request(
                "name",
                answer -> Lookup.name(
                        world.loop,
                        new SocketAddress("127.0.0.1", 9),
                        (found, error) -> answer.run(),
                        Lookup.NameFlag.NI_NUMERICHOST,
                        Lookup.NameFlag.NI_NUMERICSERV));
        world.run();
    }

    /** Connects to a port without a listener. A socket that was made closes, or its connect has thrown. */
    private static void connect(ErrorWorld world) {
        Socket[] socket = new Socket[1];
        world.call("socket", () -> socket[0] = new Socket(world.loop));
        if (socket[0] == null) {
            return;
        }
        surely(() -> socket[0].onError(error -> {}));
        boolean[] closed = new boolean[1];
        boolean[] thrown = {true};
        world.call("listener", () -> {
            socket[0].onClose(hadError -> closed[0] = true);
            socket[0].connect(ConnectOptions.to("localhost", 9));
            thrown[0] = false;
        });
        world.run();
        if (!thrown[0] && !closed[0]) {
            world.complain("the socket did not close");
        }
    }

    private static void abort(ErrorWorld world) {
        AbortController[] made = new AbortController[1];
        surely(() -> made[0] = new AbortController());
        AbortController controller = made[0];
        int[] called = new int[1];
        int[] added = new int[1];
        for (int i = 0; i < 3; i++) {
            world.call("listener", () -> {
                controller.signal().onAbort(world.loop, () -> called[0]++);
                added[0]++;
            });
        }
        world.call("abort", controller::abort);
        world.call("abort", controller::abort);
        if (called[0] < added[0]) {
            world.complain(called[0] + " of " + added[0] + " listeners were called");
        }
    }

    /** Starts so many timers that the heap grows; those that were started fire. */
    private static void timers(ErrorWorld world) {
        for (int i = 0; i < 40; i++) {
            world.request("timer", answer -> Timer.after(world.loop, 0, answer));
        }
        int[] shots = new int[1];
        world.call("repeating timer", () -> {
            Timer timer = new Timer(world.loop);
            try {
                timer.start(1, 1, () -> {
                    if (++shots[0] == 3) {
                        timer.close();
                    }
                });
            } catch (Throwable thrown) {
                timer.close();
                throw thrown;
            }
        });
        world.run();
    }

    private static void queues(ErrorWorld world) {
        LoopCore.of(world.loop).keepAlive();
        for (int i = 0; i < 40; i++) {
            world.request("tick", world.loop::nextTick);
            world.request("completion", LoopCore.of(world.loop)::pend);
        }
        LoopCore.of(world.loop).letGo();
        world.run();
    }

    private static void handles(ErrorWorld world) {
        make(world, Timer::new);
        make(world, Idle::new);
        make(world, Signal::new);
        make(world, loop -> new Async(loop, null));
        make(world, Tcp::new);
        make(world, Pipe::new);
        world.run();
    }

    private static void make(ErrorWorld world, Function<Loop, Handle> maker) {
        Handle[] made = new Handle[1];
        world.call("constructor", () -> made[0] = maker.apply(world.loop));
        if (made[0] != null) {
            world.request("close", made[0]::close);
        }
    }

    /** Watches more descriptors than the tables have room for at first. */
    private static void watch(ErrorWorld world) {
        for (int i = 0; i < 20; i++) {
            Tcp[] tcp = new Tcp[1];
            world.call("listen", () -> {
                tcp[0] = new Tcp(world.loop);
                tcp[0].bind(new SocketAddress("127.0.0.1", 0));
                tcp[0].listen(1, _ -> {});
            });
            if (tcp[0] != null) {
                world.call("close", () -> Timer.after(world.loop, 0, tcp[0]::close));
            }
        }
        world.call("run", () -> world.loop.run(RunMode.NOWAIT));
        surely(() -> Handle.walk(world.loop, Handle::close));
        world.run();
    }

    private static void signal(ErrorWorld world) {
        Signal[] signal = new Signal[1];
        CountDownLatch caught = new CountDownLatch(1);
        world.call("signal", () -> signal[0] = Signal.on(world.loop, "WINCH", caught::countDown));
        if (signal[0] == null) {
            world.run();
            return;
        }
        Thread.ofPlatform().start(() -> {
            sun.misc.Signal.raise(new sun.misc.Signal("WINCH"));
            awaitShortly(caught);
            if (caught.getCount() > 0) {
                sun.misc.Signal.raise(new sun.misc.Signal("WINCH"));
            }
            ErrorWorld.await(caught);
            surely(() -> world.loop.execute(signal[0]::close));
        });
        world.run();
        if (caught.getCount() > 0) {
            world.complain("no signal was caught");
        }
    }

    private static void loop(ErrorWorld world) {
        world.call("loop", () -> {
            try (Loop loop = new Loop()) {
                loop.run();
            }
        });
    }

    private static void loopThread(ErrorWorld world) {
        CompletableFuture<Thread> thread = new CompletableFuture<>();
        LoopThread[] started = new LoopThread[1];
        world.call(
                "start",
                () -> started[0] = Loop.start("a loop", loop -> {
                    Thread.currentThread().setUncaughtExceptionHandler((which, thrown) -> {});
                    thread.complete(Thread.currentThread());
                }));
        if (started[0] != null) {
            world.call("execute", () -> started[0].execute(() -> {}));
            for (int i = 0; i < 2; i++) {
                world.call("close", started[0]::close);
            }
        }
        if (thread.isDone() && !ended(Waits.get(thread))) {
            world.complain("the thread lives on");
        }
    }

    private static boolean ended(Thread thread) {
        try {
            return thread.join(Duration.ofSeconds(10));
        } catch (InterruptedException e) {
            throw new AssertionError(e);
        }
    }

    /** Closes a loop with handles of each kind open. */
    private static void close(ErrorWorld world) {
        world.call("close", () -> {
            try (Loop loop = new Loop()) {
                Server server = Net.createServer(loop, socket -> socket.pipe(socket));
                server.listen(0, "127.0.0.1");
                Net.connect(loop, server.address().port(), "127.0.0.1").onError(error -> {});
                Timer.every(loop, 1000, () -> {});
                new Async(loop, null);
                Work.submit(loop, () -> 1, (done, thrown) -> {});
                loop.run(RunMode.NOWAIT);
            }
        });
    }
}
