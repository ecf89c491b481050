/**
 * Chagres: an event loop and Node's {@code net} for Java, with libc as its only native code.
 *
 * <p>The module has five floors, and each imports only floors below it: {@code net}, {@link io.chagres.stream},
 * {@link io.chagres.handle}, {@link io.chagres.loop}, and {@code io.chagres.sys} at the bottom, which speaks to the kernel
 * and is not exported. Most programs need {@link io.chagres.loop.Loop} and {@link io.chagres.net.Net} alone.
 *
 * <p>Calling libc is a restricted operation: start the JVM with {@code --enable-native-access=io.chagres} when Chagres is on
 * the module path, with {@code --enable-native-access=ALL-UNNAMED} when it is on the class path.
 */
module io.chagres {
    requires jdk.unsupported; // sun.misc.Signal: the JVM owns signal delivery, so sigaction(2) is not ours to call

    exports io.chagres.loop;
    exports io.chagres.handle;
    exports io.chagres.stream;
    exports io.chagres.net;
}
