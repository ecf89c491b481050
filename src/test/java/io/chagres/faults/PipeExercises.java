package io.chagres.faults;

import static io.chagres.faults.Visitor.FINE;
import static io.chagres.faults.World.nameOf;

import io.chagres.ChagresException;
import io.chagres.loop.Loop;
import io.chagres.socket.DescriptorKind;
import io.chagres.socket.Pipe;
import io.chagres.socket.SocketHandle;
import io.chagres.sys.Descriptors;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.Consumer;
import java.util.function.Supplier;

/** The exercises with Unix sockets, with pipes, and with descriptors that are passed. */
final class PipeExercises {

    private static final Path FOLDER = folder();
    private static int names;

    private PipeExercises() {}

    private static Path folder() {
        try {
            Path folder = Files.createTempDirectory("chagres-faults");
            folder.toFile().deleteOnExit();
            return folder;
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    /** Two pipes over the two ends of a socketpair(2) talk. */
    static void pair(World world, Consumer<String> report) {
        Pipe one = new Pipe(world.loop);
        Pipe other = new Pipe(world.loop);
        ends(
                report,
                Pipe::socketpair,
                new Pipe[] {one, other},
                () -> new Dialogue(one, other, other, one, report).begin());
    }

    /** Two handles talk over two pipes of pipe(7), one for each direction. */
    static void twoPipes(World world, Consumer<String> report) {
        Pipe[] there = {new Pipe(world.loop), new Pipe(world.loop)};
        Pipe[] back = {new Pipe(world.loop), new Pipe(world.loop)};
        Runnable begin = () -> new Dialogue(there[1], there[0], back[1], back[0], report).begin();
        ends(
                how -> closeAll(report, how, back),
                Pipe::pipe2,
                there,
                () -> ends(how -> closeAll(report, how, there), Pipe::pipe2, back, begin));
    }

    /** Two pipes that carry descriptors talk; a descriptor is passed with each word. */
    static void descriptors(World world, Consumer<String> report) {
        Pipe one = new Pipe(world.loop, true);
        Pipe other = new Pipe(world.loop, true);
        ends(report, Pipe::socketpair, new Pipe[] {one, other}, () -> new Sending(one, other, report).begin());
    }

    /** Passes two descriptors to two handles, and continues if that succeeds; otherwise both are closed. */
    private static void ends(Consumer<String> report, Supplier<int[]> source, Pipe[] pipes, Runnable then) {
        int[] fds;
        try {
            fds = source.get();
        } catch (ChagresException refused) {
            closeAll(report, nameOf(refused), pipes);
            return;
        }
        int opened = 0;
        try {
            for (; opened < fds.length; opened++) {
                pipes[opened].open(fds[opened]);
            }
            then.run();
        } catch (ChagresException refused) {
            Arrays.stream(fds, opened, fds.length).forEach(Descriptors::close);
            closeAll(report, nameOf(refused), pipes);
        }
    }

    private static void closeAll(Consumer<String> report, String how, Pipe... pipes) {
        int[] open = {pipes.length};
        for (Pipe pipe : pipes) {
            pipe.close(() -> {
                if (--open[0] == 0) {
                    report.accept(how);
                }
            });
        }
    }

    /** Passes an end of a pipe(7) with each word of one piece; the listener makes a handle of it. */
    private static final class Sending extends Dialogue {
        private final Pipe receiver;

        Sending(Pipe one, Pipe other, Consumer<String> report) {
            super(one, other, other, one, report);
            receiver = other;
        }

        @Override
        void say(SocketHandle stream, ByteBuffer bytes) {
            Pipe sent = somePipe(stream.loop());
            ((Pipe) stream).write(bytes, sent, error -> {
                sent.close();
                written(error);
            });
        }

        private static Pipe somePipe(Loop loop) {
            int[] fds = Pipe.pipe2();
            Descriptors.close(fds[1]);
            Pipe pipe = new Pipe(loop);
            try {
                pipe.open(fds[0]);
            } catch (ChagresException refused) {
                Descriptors.close(fds[0]);
                pipe.close();
                throw refused;
            }
            return pipe;
        }

        @Override
        void repeat(ByteBuffer bytes) {
            while (receiver.pendingCount() > 0) {
                Pipe received = new Pipe(receiver.loop());
                try {
                    receiver.accept(received);
                } finally {
                    received.close();
                }
            }
            super.repeat(bytes);
        }
    }

    /** A listener at a path, and a client of this process; both ask for the credentials of the peer. */
    static void byPath(World world, Consumer<String> report) {
        Path path = FOLDER.resolve("socket-" + names++);
        Pipe listener = new Pipe(world.loop);
        Pipe client = new Pipe(world.loop);
        Pipe accepted = new Pipe(world.loop);
        Consumer<String> end = how -> listener.close(() -> {
            path.toFile().delete();
            report.accept(how);
        });
        Dialogue dialogue = new Dialogue(client, accepted, accepted, client, end);
        dialogue.guarded(() -> {
            listener.bind(path.toString());
            listener.chmod(true, true);
            listener.listen(
                    8,
                    _ -> dialogue.guarded(() -> {
                        listener.accept(accepted);
                        client.remoteName();
                        listener.localName();
                        accepted.peerCredentials();
                        dialogue.begin();
                    }));
            client.connect(path.toString(), dialogue::written);
        });
    }

    /** Asks for the kind of an end of a pipe(7). */
    static void guess(World world, Consumer<String> report) {
        int[] fds = Pipe.pipe2();
        DescriptorKind kind = DescriptorKind.of(fds[0]);
        Descriptors.close(fds[0]);
        Descriptors.close(fds[1]);
        report.accept(kind == DescriptorKind.PIPE ? FINE : kind.toString());
    }
}
