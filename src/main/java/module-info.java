/**
 * Chagres: an event loop and Node's {@code net} for Java, with libc as its only native code.
 *
 * <p>The module has seven floors, and each imports only floors below it: {@link io.chagres.net}; {@link io.chagres.stream} and {@link
 * io.chagres.socket}, which do not know each other; {@link io.chagres.address}, {@link io.chagres.handle}, {@link io.chagres.loop}, and
 * {@code io.chagres.sys} at the bottom, which speaks to the kernel and is not exported. {@link io.chagres} has the exceptions. Most programs need {@link io.chagres.loop.Loop} and {@link io.chagres.net.Net} alone.
 *
 * <p>Calling libc is a restricted operation: start the JVM with {@code --enable-native-access=io.chagres} when Chagres is on
 * the module path, with {@code --enable-native-access=ALL-UNNAMED} when it is on the class path.
 */
module io.chagres {
    // sun.misc.Signal: the JVM owns signal delivery, so sigaction(2) is not ours to call
    requires jdk.unsupported;

    exports io.chagres;
    exports io.chagres.loop;
    exports io.chagres.handle;
    exports io.chagres.address;
    exports io.chagres.socket;
    exports io.chagres.stream;
    exports io.chagres.net;
}
