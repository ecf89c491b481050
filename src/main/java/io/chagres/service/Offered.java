package io.chagres.service;

import io.chagres.net.Server;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The listening sockets of one name in an offer.
 *
 * @param server the server that listens; null for plain descriptors
 * @param descriptors the plain descriptors; empty for a server
 * @param isMoving whether idle connections of the server are offered too
 */
record Offered(String name, @Nullable Server server, List<Integer> descriptors, boolean isMoving) {

    /** Returns the descriptors that listen now. */
    List<Integer> listening() {
        if (server == null) {
            return descriptors;
        }
        return server.fd() < 0 ? List.of() : List.of(server.fd());
    }
}
