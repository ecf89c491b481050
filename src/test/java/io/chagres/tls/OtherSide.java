package io.chagres.tls;

import io.chagres.tls.Encounter.Seen;
import java.util.List;

/** An implementation of TLS that we did not write, as one side of an {@link Encounter}. It works on another thread than the loop's. */
interface OtherSide extends AutoCloseable {

    /** Connects twice to {@code port} of 127.0.0.1, which is "localhost" in the certificate. Returns when both have ended. */
    List<Seen> connect(int port) throws Exception;

    /** Listens on 127.0.0.1, for two connections. Returns the port. */
    int listen() throws Exception;

    /** Waits for the end of both connections. */
    List<Seen> accepted() throws Exception;

    @Override
    void close() throws Exception;
}
