package io.chagres.tls;

import java.nio.ByteBuffer;
import java.util.function.UnaryOperator;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLEngineResult;
import javax.net.ssl.SSLEngineResult.HandshakeStatus;
import javax.net.ssl.SSLException;

/** A client's engine and a server's, which talk to each other in memory. */
final class EnginePair {

    private static final int MAX_ROUNDS = 200;

    final PeerCheck clientCheck;
    final PeerCheck serverCheck;
    final SSLEngine client;
    final SSLEngine server;
    private final ByteBuffer toServer = ByteBuffer.allocate(64 * 1024);
    private final ByteBuffer toClient = ByteBuffer.allocate(64 * 1024);
    private final ByteBuffer plain = ByteBuffer.allocate(64 * 1024);
    /** What each side has thrown; null for none. */
    SSLException clientError;

    SSLException serverError;
    UnaryOperator<ByteBuffer> onTheWayToServer = UnaryOperator.identity();

    EnginePair(SecureContext client, SecureContext server) {
        this(client, server, true, true);
    }

    EnginePair(SecureContext client, SecureContext server, boolean clientRejects, boolean serverRejects) {
        clientCheck = new PeerCheck(clientRejects);
        serverCheck = new PeerCheck(serverRejects);
        this.client = client.clientEngine("localhost", 443, clientCheck);
        this.server = server.serverEngine(serverCheck);
    }

    static EnginePair shaken(SecureContext client, SecureContext server) {
        return new EnginePair(client, server).shake();
    }

    /** Shakes hands until both sides have finished, or have failed; then one round more, for session tickets and alerts. */
    EnginePair shake() {
        try {
            client.beginHandshake();
            server.beginHandshake();
        } catch (SSLException e) {
            clientError = e;
            return this;
        }
        for (int round = 0; round < MAX_ROUNDS; round++) {
            boolean hasMoved = stepClient() | stepServer();
            if (!hasMoved) {
                return this;
            }
        }
        throw new AssertionError("the handshake does not end");
    }

    private boolean stepClient() {
        try {
            return step(client, toClient, toServer);
        } catch (SSLException e) {
            clientError = clientError == null ? e : clientError;
            return flush(client, toServer);
        }
    }

    private boolean stepServer() {
        try {
            onTheWayToServer.apply(toServer);
            return step(server, toServer, toClient);
        } catch (SSLException e) {
            serverError = serverError == null ? e : serverError;
            return flush(server, toClient);
        }
    }

    private boolean step(SSLEngine engine, ByteBuffer in, ByteBuffer out) throws SSLException {
        runTasks(engine);
        boolean hasMoved = false;
        if (engine.getHandshakeStatus() != HandshakeStatus.NEED_UNWRAP && !engine.isOutboundDone()) {
            SSLEngineResult result = engine.wrap(ByteBuffer.allocate(0), out);
            hasMoved = result.bytesProduced() > 0;
            runTasks(engine);
        }
        in.flip();
        try {
            if (in.hasRemaining() && !engine.isInboundDone()) {
                SSLEngineResult result = engine.unwrap(in, plain.clear());
                hasMoved |= result.bytesConsumed() > 0;
                runTasks(engine);
            }
        } finally {
            in.compact();
        }
        return hasMoved;
    }

    private static boolean flush(SSLEngine engine, ByteBuffer out) {
        try {
            return engine.wrap(ByteBuffer.allocate(0), out).bytesProduced() > 0;
        } catch (SSLException closed) {
            return false;
        }
    }

    private static void runTasks(SSLEngine engine) {
        Runnable task;
        while ((task = engine.getDelegatedTask()) != null) {
            task.run();
        }
    }
}
