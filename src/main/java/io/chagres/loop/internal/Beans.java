package io.chagres.loop.internal;

import io.chagres.UsageException;

/** The door to MBeans, which exists also in an image without the module java.management. */
public final class Beans {

    private Beans() {}

    /**
     * Returns the MBeans of a loop.
     *
     * @throws UsageException ERR_UNAVAILABLE if the module java.management is missing; ERR_LOOP_CLOSED
     */
    public static BeanServer of(LoopCore core) {
        if (ModuleLayer.boot().findModule("java.management").isEmpty()) {
            throw new UsageException(
                    "ERR_UNAVAILABLE",
                    "the module java.management is missing: add it to the image, or to the program with --add-modules");
        }
        return core.local(BeanServer.class, BeanServer::new);
    }
}
