/**
 * Chagres: an event loop and Node's {@code net} for Java, with libc as its only native code.
 *
 * <p>The module has fifteen floors, and each imports only floors below it. From the top they are:
 *
 * <ul>
 * <li>{@link io.chagres.service}: a server among other processes: systemd, restarts.
 * <li>{@link io.chagres.group}: several loops and one server on them.
 * <li>{@link io.chagres.blocking}: futures for code that blocks beside a loop.
 * <li>{@link io.chagres.tls}: Node's tls, on the JDK's own engine.
 * <li>{@link io.chagres.net}: Node's net.
 * <li>{@link io.chagres.framing}: lines and messages, cut out of a stream.
 * <li>{@link io.chagres.stream}: Node's streams. {@link io.chagres.socket}: TCP and Unix sockets. These two do not
 *     know each other.
 * <li>{@link io.chagres.proxy}: the PROXY protocol, by which a load balancer names its clients.
 * <li>{@link io.chagres.address}: addresses and lookups.
 * <li>{@link io.chagres.handle}: timers, signals, work on other threads and other handles.
 * <li>{@link io.chagres.trace}: traces of the system calls, for those who want to see them.
 * <li>{@link io.chagres.loop}: the event loop. Its package {@code internal} is not exported.
 * <li>{@code io.chagres.jfr}: the events of JDK Flight Recorder, which are not exported.
 * <li>{@code io.chagres.sys}: the system calls, which are not exported.
 * </ul>
 *
 * <p>{@link io.chagres} has the exceptions. Most programs need only {@link io.chagres.loop.Loop} and {@link
 * io.chagres.net.Net}.
 *
 * <p>Calling libc is a restricted operation. Start the JVM with {@code --enable-native-access=io.chagres} if Chagres
 * is on the module path, and with {@code --enable-native-access=ALL-UNNAMED} if it is on the class path.
 *
 * @since 0.1.0
 */
module io.chagres {
    // for sun.misc.Signal: the JVM owns the delivery of signals, so a library must not call sigaction(2)
    requires jdk.unsupported;

    // the events of JDK Flight Recorder: an image without the module works, and has none
    requires static jdk.jfr;

    // MBeans, which are made if a program asks for them
    requires static java.management;

    // annotations that only compilers read: a program needs neither module
    requires static org.jspecify;
    requires static com.google.errorprone.annotations;

    exports io.chagres;
    exports io.chagres.loop;
    exports io.chagres.trace;
    exports io.chagres.handle;
    exports io.chagres.address;
    exports io.chagres.proxy;
    exports io.chagres.socket;
    exports io.chagres.stream;
    exports io.chagres.framing;
    exports io.chagres.net;
    exports io.chagres.tls;
    exports io.chagres.blocking;
    exports io.chagres.group;
    exports io.chagres.service;
}
