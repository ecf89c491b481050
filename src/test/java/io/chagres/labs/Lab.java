package io.chagres.labs;

import io.chagres.loop.Loop;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.lang.reflect.InvocationTargetException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.spi.ToolProvider;

/** A compiled lab. It runs in this JVM, on a thread of its own, and not longer than {@link #MAX_SECONDS}. */
final class Lab implements AutoCloseable {

    static final int MAX_SECONDS = 10;

    private static final Path HOLES = Path.of("examples/labs");

    private final int number;
    private final Path classes;
    private final URLClassLoader loader;
    private Call last;

    /** A call of a method of the lab, which runs. */
    static final class Call {
        private final Thread thread;
        private final CompletableFuture<Object> result = new CompletableFuture<>();

        private Call(String name, Body body) {
            thread = Thread.ofPlatform().daemon().name(name).start(() -> {
                try {
                    result.complete(body.run());
                } catch (InvocationTargetException e) {
                    result.completeExceptionally(e.getCause());
                } catch (Throwable e) {
                    result.completeExceptionally(e);
                }
            });
        }

        /** Waits for the end of the method and returns its result. */
        Object end() throws InterruptedException {
            try {
                return result.get(MAX_SECONDS, TimeUnit.SECONDS);
            } catch (ExecutionException e) {
                throw new NotYet("the lab has failed: " + e.getCause(), e.getCause());
            } catch (TimeoutException e) {
                String stack = String.join(
                        "\n    ",
                        Arrays.stream(thread.getStackTrace())
                                .map(Object::toString)
                                .toList());
                throw new NotYet("the lab has not ended after " + MAX_SECONDS + " s; it is here:\n    " + stack, e);
            }
        }

        /** Returns whether the method has ended. */
        boolean hasEnded() {
            return result.isDone();
        }
    }

    private interface Body {
        Object run() throws Exception;
    }

    private Lab(int number, Path classes, URLClassLoader loader) {
        this.number = number;
        this.classes = classes;
        this.loader = loader;
    }

    /** Returns the source of a lab. */
    static Path source(int number, boolean isSolution) {
        return (isSolution ? HOLES.resolve("solutions") : HOLES).resolve("Lab" + number + ".java");
    }

    /** Compiles the sources of labs into {@code classes}. */
    static void compile(List<Path> sources, Path classes) {
        List<String> arguments = new ArrayList<>(List.of("--release", "22", "-proc:none", "-nowarn"));
        arguments.addAll(List.of("-cp", "target/classes", "-d", classes.toString()));
        sources.forEach(source -> arguments.add(source.toString()));
        StringWriter errors = new StringWriter();
        PrintWriter writer = new PrintWriter(errors);
        if (ToolProvider.findFirst("javac").orElseThrow().run(writer, writer, arguments.toArray(String[]::new)) != 0) {
            throw new NotYet("it does not compile\n" + errors.toString().strip());
        }
    }

    /** Opens the lab that was compiled into {@code classes}. */
    static Lab open(int number, Path classes) {
        try {
            URL[] urls = {classes.toUri().toURL()};
            return new Lab(number, classes, new URLClassLoader(urls, Loop.class.getClassLoader()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    Path classes() {
        return classes;
    }

    Class<?> type() throws ClassNotFoundException {
        return loader.loadClass("Lab" + number);
    }

    /** Starts a static method of the lab, the only one of this name. */
    Call start(String method, Object... arguments) {
        last = new Call(
                "lab " + number,
                () -> Arrays.stream(type().getMethods())
                        .filter(candidate -> candidate.getName().equals(method))
                        .findFirst()
                        .orElseThrow(() -> new NoSuchMethodException(method))
                        .invoke(null, arguments));
        return last;
    }

    /** Starts {@code body} on a thread of the lab. */
    Call start(Runnable body) {
        last = new Call("lab " + number, () -> {
            body.run();
            return "";
        });
        return last;
    }

    /** Returns how the lab has failed, on a line of its own; empty if it has not failed. */
    String failure() {
        return last == null || !last.result.isCompletedExceptionally()
                ? ""
                : "\n  the lab has failed: " + last.result.exceptionNow();
    }

    @Override
    public void close() {
        try {
            loader.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
