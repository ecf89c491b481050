package io.chagres.compare.machine;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A server in its own process, which has printed the port that it listens on. */
public final class RunningServer implements AutoCloseable {

    /** The line of our servers, and of redis-server. */
    private static final Pattern LISTENING = Pattern.compile("(?:listening (?:.*\\D)?|port=)(\\d+)\\D*$");

    private static final int START_SECONDS = 20;
    private static final int END_SECONDS = 20;

    private final Process process;
    private final Thread endsWithUs;
    private final Path log;
    private final InetSocketAddress address;

    /**
     * Starts a server, and waits for its line.
     *
     * @param log the file for its standard error
     * @throws IOException with the last line of the log, if the server ends or does not print its line
     */
    public RunningServer(List<String> command, Path log) throws IOException {
        this.log = log;
        Files.createDirectories(log.getParent());
        process = new ProcessBuilder(command).redirectError(log.toFile()).start();
        endsWithUs = new Thread(this::kill);
        Runtime.getRuntime().addShutdownHook(endsWithUs);
        address = new InetSocketAddress(InetAddress.getByAddress(new byte[] {127, 0, 0, 1}), awaitPort());
    }

    private int awaitPort() throws IOException {
        Thread impatience = Thread.startVirtualThread(this::endUnlessInterrupted);
        BufferedReader lines = process.inputReader();
        String line;
        while ((line = lines.readLine()) != null) {
            Matcher listening = LISTENING.matcher(line);
            if (listening.find()) {
                impatience.interrupt();
                return Integer.parseInt(listening.group(1));
            }
        }
        close();
        throw new IOException("the server did not start: " + lastWords());
    }

    private void endUnlessInterrupted() {
        try {
            TimeUnit.SECONDS.sleep(START_SECONDS);
            process.destroyForcibly();
        } catch (InterruptedException started) {
            // as expected
        }
    }

    /** Returns the last line of its log, for a message. */
    public String lastWords() {
        try {
            return Command.lastLine(Files.readString(log));
        } catch (IOException unreadable) {
            return unreadable.toString();
        }
    }

    public InetSocketAddress address() {
        return address;
    }

    public long pid() {
        return process.pid();
    }

    public boolean isAlive() {
        return process.isAlive();
    }

    public ProcessFigures figures() {
        return new ProcessFigures(pid());
    }

    /** Asks the server to end by SIGTERM, and waits until it has ended. */
    public void terminate() {
        process.destroy();
        awaitEnd();
    }

    private void kill() {
        List<ProcessHandle> workers = process.descendants().toList();
        process.destroyForcibly();
        workers.forEach(ProcessHandle::destroyForcibly);
    }

    /** Kills the server, with its workers. */
    @Override
    public void close() {
        kill();
        awaitEnd();
        Runtime.getRuntime().removeShutdownHook(endsWithUs);
    }

    private void awaitEnd() {
        try {
            process.waitFor(END_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
