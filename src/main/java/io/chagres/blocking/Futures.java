package io.chagres.blocking;

import io.chagres.ChagresException;
import io.chagres.UsageException;
import io.chagres.handle.Completion;
import io.chagres.loop.Loop;
import io.chagres.net.ConnectOptions;
import io.chagres.net.Socket;
import io.chagres.net.SocketOptions;
import io.chagres.stream.CloseListener;
import io.chagres.stream.Duplex;
import io.chagres.sys.Buffers;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Requests to a loop as futures, for code that blocks beside the loop, on virtual threads for example.
 *
 * <pre>{@code
 * Socket socket = Futures.await(Futures.connect(loop, ConnectOptions.to("example.org", 80)), Duration.ofSeconds(5));
 * Futures.await(Futures.write(socket, "GET / HTTP/1.0\r\n\r\n"), Duration.ofSeconds(5));
 * }</pre>
 *
 * <p>Each method can be called on any thread. On the loop thread the request begins inside the call, in the order of the calls; on another
 * thread it begins in a task of {@link Loop#execute}, in the order of the tasks of that thread. Bad arguments throw. Everything else, what
 * the request throws on the loop thread included, completes the future exceptionally.
 *
 * <p>A future is always completed: by the request, by its caller, or by the close of the loop, with ERR_LOOP_CLOSED. Until then it keeps the
 * loop alive. It is completed on the loop thread, and so functions that were passed to {@code thenApply} and the like before that run there
 * and must not block. {@code thenApplyAsync(function, loop)} runs a function there in any case.
 *
 * <p>A caller who completes the future first, by cancel, {@code orTimeout} or complete, gives the request up. A request that has not begun is
 * dropped then. Of one that has begun nothing is left: a connect destroys its socket, and a write or an end destroys the stream, because the
 * peer may have got a part of the bytes. {@link #await} does this at an interrupt and at its limit.
 *
 * <p>{@code get} and {@code join} on the loop thread, which would wait for themselves, throw a {@link UsageException} EDEADLK. So do those
 * of the futures that {@code thenApply} and the like return, but not those of {@code CompletableFuture.allOf}.
 */
public final class Futures {

    private Futures() {}

    // ---- requests

    /**
     * Makes a request with a {@link Completion}: see {@link #of(Loop, Consumer, Runnable)}. A caller who gives the request up only stops
     * waiting.
     */
    public static CompletableFuture<Void> of(Loop loop, Consumer<? super Completion> request) {
        return of(loop, request, () -> {});
    }

    /**
     * Makes a request with a {@link Completion}, and completes the future as the completion says.
     *
     * <pre>{@code
     * Futures.of(loop, done -> Streams.finished(socket, done)).thenRun(() -> log("closed"));
     * }</pre>
     *
     * @param request called on the loop thread with the completion to pass on. The completion counts once, and must be called there
     * @param undo called on the loop thread if the caller gives the request up after it has begun
     */
    public static CompletableFuture<Void> of(Loop loop, Consumer<? super Completion> request, Runnable undo) {
        UsageException.requireArgument(loop, "loop");
        UsageException.requireArgument(request, "request");
        UsageException.requireArgument(undo, "undo");
        return Request.begin(loop, "request", null, pending -> {
            pending.undoWith(undo);
            request.accept((Completion) error -> end(pending, error));
        });
    }

    private static void end(Request<Void> request, @Nullable ChagresException error) {
        if (error == null) {
            request.complete(null);
        } else {
            request.fail(error);
        }
    }

    /**
     * Calls {@code task} on the loop thread, and completes the future with its result, or with what it throws. The loop goes on. A task that
     * has not begun when the caller gives it up, or when the loop is closed, is not called.
     *
     * <pre>{@code
     * InputStream in = Futures.await(Futures.call(loop, socket::inputStream));
     * }</pre>
     */
    public static <T extends @Nullable Object> CompletableFuture<T> call(Loop loop, Callable<? extends T> task) {
        UsageException.requireArgument(loop, "loop");
        UsageException.requireArgument(task, "task");
        return Request.begin(loop, "task", null, request -> request.complete(task.call()));
    }

    // ---- connections

    /** Connects a new socket as {@code options} say: see {@link #connect(Loop, SocketOptions, ConnectOptions, Function)}. */
    public static CompletableFuture<Socket> connect(Loop loop, ConnectOptions options) {
        return connect(loop, SocketOptions.defaults(), options, socket -> socket);
    }

    /** Connects a new socket and applies {@code use} to it: see {@link #connect(Loop, SocketOptions, ConnectOptions, Function)}. */
    public static <T extends @Nullable Object> CompletableFuture<T> connect(
            Loop loop, ConnectOptions options, Function<? super Socket, ? extends T> use) {
        return connect(loop, SocketOptions.defaults(), options, use);
    }

    /**
     * Connects a new socket, and completes the future with the result of {@code use}. If the caller gives the request up, or {@code use}
     * throws, the socket is destroyed.
     *
     * <p>A connected socket has an error listener, which does nothing: its errors are thrown by its input and output stream, and complete
     * the futures of its writes. More listeners can be added.
     *
     * <pre>{@code
     * record Connection(InputStream in, OutputStream out) {
     *     Connection(Socket socket) { this(socket.inputStream(), socket.outputStream()); }
     * }
     * Connection connection = Futures.await(Futures.connect(loop, options, Connection::new), Duration.ofSeconds(5));
     * }</pre>
     *
     * @param options {@link ConnectOptions#connectTimeoutMillis} limits the time of the connect without a waiting thread
     * @param use called on the loop thread when the socket is connected, before it is read: the place for its listeners and its streams
     */
    public static <T extends @Nullable Object> CompletableFuture<T> connect(
            Loop loop, SocketOptions socketOptions, ConnectOptions options, Function<? super Socket, ? extends T> use) {
        UsageException.requireArgument(loop, "loop");
        UsageException.requireArgument(socketOptions, "socketOptions");
        UsageException.requireArgument(options, "options");
        UsageException.requireArgument(use, "use");
        return Request.begin(
                loop, "connect", options, request -> Connecting.begin(request, loop, socketOptions, options, use));
    }

    // ---- streams

    /** Writes {@code text} as UTF-8: see {@link #write(Duplex, ByteBuffer)}. */
    public static CompletableFuture<Void> write(Duplex stream, CharSequence text) {
        UsageException.requireArgument(text, "text");
        return write(stream, StandardCharsets.UTF_8.encode(text.toString()));
    }

    /**
     * Writes {@code data} as {@link io.chagres.stream.Writable#write(ByteBuffer, Completion)} does. The future completes when the sink has
     * taken the bytes, which for a socket means that they are in the kernel. A caller who waits for each write has back-pressure.
     *
     * <p>The position and the limit of {@code data} are read during the call. Its bytes must not change before the future is complete, and not
     * after a write that was given up, either. A write that was given up before it has begun writes nothing. One that has begun destroys the
     * stream.
     *
     * <p>The error of a write that fails counts as received: it does not go to the uncaught handler of the loop.
     */
    public static CompletableFuture<Void> write(Duplex stream, ByteBuffer data) {
        ByteBuffer view = Buffers.view(UsageException.requireArgument(data, "data"));
        return request(stream, "write to", done -> stream.write(view, done));
    }

    /**
     * Ends {@code stream} after the writes before, as {@link io.chagres.stream.Writable#end(Completion)} does. The future completes at the
     * finish: all bytes are written, and a socket has sent its FIN. An end that is given up destroys the stream.
     */
    public static CompletableFuture<Void> end(Duplex stream) {
        return request(stream, "end of", stream::end);
    }

    private static CompletableFuture<Void> request(Duplex stream, String verb, Consumer<? super Completion> begin) {
        Loop loop = UsageException.requireArgument(stream, "stream").loop();
        return Request.begin(loop, verb, stream, request -> {
            Received received = Received.listenTo(stream);
            request.undoWith(stream::destroy);
            try {
                begin.accept((Completion) error -> {
                    received.leave(error);
                    end(request, error);
                });
            } catch (Throwable thrown) {
                received.leave(null);
                throw thrown;
            }
        });
    }

    /**
     * Destroys {@code stream}, and completes the future at its close event, with null even if the stream has failed. Bytes that were not
     * written yet are lost: {@link #end} is the orderly way. A caller who gives this request up only stops waiting.
     */
    public static CompletableFuture<Void> close(Duplex stream) {
        Loop loop = UsageException.requireArgument(stream, "stream").loop();
        return Request.begin(loop, "close of", stream, request -> {
            if (stream.isClosed()) {
                request.complete(null);
                return;
            }
            CloseListener onClose = new CloseListener() {
                @Override
                public void onClose(boolean hadError) {
                    stream.offClose(this);
                    request.complete(null);
                }
            };
            request.undoWith(() -> stream.offClose(onClose));
            stream.onClose(onClose);
            stream.destroy();
        });
    }

    // ---- waiting

    /** Waits for {@code future} without a limit: see {@link #await(CompletableFuture, Duration)}. */
    public static <T extends @Nullable Object> T await(CompletableFuture<T> future) throws IOException {
        return await(future, Duration.ofNanos(Long.MAX_VALUE));
    }

    /**
     * Waits for {@code future}, and cancels it at an interrupt and when {@code limit} has passed, so that a request of this class leaves
     * nothing behind. If the future completes in the same moment, its result is returned, and an interrupt stays set. The future must be that
     * of the request: a cancel of one that {@code thenApply} has returned does not reach the request.
     *
     * @param limit more than zero
     * @return the result
     * @throws SocketTimeoutException if the limit has passed, or that of {@code orTimeout}
     * @throws InterruptedIOException if the thread is interrupted; the flag is set again. SocketTimeoutException is a subclass
     * @throws IOException if the future has failed with an IOException, a {@link ChagresException} that is no wrong call, or because the loop
     *     is closed. The cause has the code
     * @throws CompletionException if it has failed otherwise, with the cause, as join does
     * @throws java.util.concurrent.CancellationException if another caller has cancelled it
     * @throws UsageException EDEADLK on the loop thread; ERR_OUT_OF_RANGE if {@code limit} is zero or negative
     */
    public static <T extends @Nullable Object> T await(CompletableFuture<T> future, Duration limit) throws IOException {
        UsageException.requireArgument(future, "future");
        long nanos = nanos(limit);
        try {
            return future.get(nanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException passed) {
            return cancelOrElse(future, new SocketTimeoutException("waited " + limit));
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            return cancelOrElse(future, new InterruptedIOException("interrupted while waiting"));
        } catch (ExecutionException failed) {
            throw thrown(Objects.requireNonNull(failed.getCause()));
        }
    }

    private static long nanos(Duration limit) {
        if (!UsageException.requireArgument(limit, "limit").isPositive()) {
            throw new UsageException(
                    "ERR_OUT_OF_RANGE", "The value of \"limit\" is out of range. It must be > 0. Received " + limit);
        }
        return TimeUnit.NANOSECONDS.convert(limit);
    }

    /** Cancels {@code future} and throws {@code reason}; if the future is complete by now, returns or throws its result. */
    private static <T extends @Nullable Object> T cancelOrElse(CompletableFuture<T> future, IOException reason)
            throws IOException {
        if (future.cancel(true)) {
            throw reason;
        }
        if (future.state() == Future.State.FAILED) {
            throw thrown(future.exceptionNow());
        }
        return future.resultNow();
    }

    private static IOException thrown(Throwable cause) {
        if (cause instanceof TimeoutException) {
            return new SocketTimeoutException("the time of the future has passed");
        }
        boolean isWrongCall = cause instanceof UsageException;
        if (!isWrongCall
                && (cause instanceof IOException
                        || cause instanceof ChagresException
                        || cause instanceof RejectedExecutionException)) {
            return new IOException(cause.getMessage(), cause);
        }
        throw new CompletionException(cause);
    }
}
