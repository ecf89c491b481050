package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.PipePair;
import io.chagres.fixture.TcpPair;
import io.chagres.loop.Loop;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketHandle;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Some {@link WorkerProgram}s, "a", "b" and so on, and the commands for them. */
final class Workers {

    private static final int PATIENCE_SECONDS = 30;

    private final Pipe listener;
    private final Pipe[] pipes;
    private final List<Queue<Consumer<Character>>> waiting = new ArrayList<>();
    private final List<FutureTask<ForkedJvm.Outcome>> processes = new ArrayList<>();
    private final Runnable onReady;
    private int connected;
    private boolean dismissed;

    /** Starts as many as there are numbers, of connections that each may have; {@code onReady} runs when all are there. */
    Workers(Loop loop, Path folder, Runnable onReady, int... maxConnections) {
        this.onReady = onReady;
        pipes = new Pipe[maxConnections.length];
        Path path = folder.resolve("workers");
        listener = PipePair.listening(loop, path, _ -> connected());
        for (int i = 0; i < pipes.length; i++) {
            waiting.add(new ArrayDeque<>());
            List<String> command = ForkedJvm.command(WorkerProgram.class);
            command.addAll(List.of(name(i), path.toString(), String.valueOf(maxConnections[i])));
            FutureTask<ForkedJvm.Outcome> process = new FutureTask<>(() -> ForkedJvm.run(command));
            Thread.ofPlatform().daemon().name("worker " + name(i)).start(process);
            processes.add(process);
        }
    }

    static String name(int index) {
        return String.valueOf((char) ('a' + index));
    }

    private void connected() {
        Pipe pipe = new Pipe(listener.loop(), true);
        listener.accept(pipe);
        pipe.readStart(TcpPair.reader(answers -> answered(pipe, answers), pipe::close));
    }

    private void answered(Pipe pipe, ByteBuffer answers) {
        int index = Arrays.asList(pipes).indexOf(pipe);
        while (answers.hasRemaining()) {
            char letter = (char) answers.get();
            if (index < 0) {
                index = letter - 'a';
                pipes[index] = pipe;
                joined();
            } else {
                waiting.get(index).remove().accept(letter);
            }
        }
        endWhenIdle();
    }

    private void joined() {
        if (++connected == pipes.length) {
            listener.close();
            onReady.run();
        }
    }

    /** Tells one of them something, with a handle or without (null). */
    void tell(int index, String orders, SocketHandle handle, Consumer<Character> onAnswer) {
        waiting.get(index).add(onAnswer);
        ByteBuffer bytes = StandardCharsets.UTF_8.encode(orders);
        if (handle == null) {
            pipes[index].write(bytes, PipePair.ok());
        } else {
            pipes[index].write(bytes, handle, PipePair.ok());
        }
    }

    /** Lets them end, once all commands are answered. */
    void dismiss() {
        dismissed = true;
        endWhenIdle();
    }

    private void endWhenIdle() {
        if (dismissed && waiting.stream().allMatch(Queue::isEmpty)) {
            for (Pipe pipe : pipes) {
                pipe.close();
            }
        }
    }

    /** Fails unless all of them end well. */
    void expectEnd() throws Exception {
        for (FutureTask<ForkedJvm.Outcome> process : processes) {
            assertEquals(new ForkedJvm.Outcome(0, ""), process.get(PATIENCE_SECONDS, TimeUnit.SECONDS));
        }
    }
}
