package io.chagres.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.UsageException;
import io.chagres.address.BlockList;
import io.chagres.address.Family;
import io.chagres.address.HostLookup;
import io.chagres.address.LookupOptions;
import io.chagres.fixture.ConnectionTest;
import io.chagres.group.DeathListener;
import io.chagres.group.DeathPolicy;
import io.chagres.group.GroupOptions;
import io.chagres.loop.Loop;
import io.chagres.proxy.ProxyHeader;
import io.chagres.socket.KeepAlive;
import io.chagres.socket.SocketHandle;
import io.chagres.socket.SocketOption;
import io.chagres.socket.Tcp;
import io.chagres.stream.AbortController;
import io.chagres.stream.AbortSignal;
import io.chagres.stream.DuplexOptions;
import io.chagres.trace.Category;
import io.chagres.trace.TraceOptions;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.WeakHashMap;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** All classes of options look the same: immutable values, of which each setter makes a changed copy. */
@ConnectionTest
class OptionClassesTest {

    private static final ByteBuffer BUFFER = ByteBuffer.allocate(8);
    private static final Supplier<ByteBuffer> BUFFERS = () -> BUFFER;
    private static final BufferReader READER = (socket, buffer, count) -> true;
    private static final HostLookup LOOKUP = (host, options, answer) -> {};
    private static final AbortSignal SIGNAL = new AbortController().signal();
    private static final BlockList BLOCK_LIST = new BlockList();

    /** A value of each type that a setter takes. */
    private static final Map<Class<?>, Object> SAMPLES = Map.ofEntries(
            Map.entry(int.class, 7),
            Map.entry(long.class, 70L),
            Map.entry(String.class, "127.0.0.9"),
            Map.entry(Family.class, Family.IPV6),
            Map.entry(LookupOptions.Hint[].class, new LookupOptions.Hint[] {LookupOptions.Hint.AI_ALL}),
            Map.entry(HostLookup.class, LOOKUP),
            Map.entry(KeepAlive.class, KeepAlive.every(Duration.ofSeconds(7))),
            Map.entry(ByteBuffer.class, BUFFER),
            Map.entry(Supplier.class, BUFFERS),
            Map.entry(BufferReader.class, READER),
            Map.entry(AbortSignal.class, SIGNAL),
            Map.entry(BlockList.class, BLOCK_LIST),
            Map.entry(SocketOption.class, SocketOption.TCP_CORK),
            Map.entry(Category[].class, new Category[] {Category.DATA}),
            Map.entry(Object.class, true),
            Map.entry(String[].class, new String[] {"10.0.0.0/8"}),
            Map.entry(ProxyProtocol.class, ProxyProtocol.required()),
            Map.entry(ProxyHeader.class, ProxyHeader.local()),
            Map.entry(Consumer.class, (Consumer<Loop>) loop -> {}),
            Map.entry(DeathPolicy.class, DeathPolicy.exit(7)),
            Map.entry(DeathListener.class, (DeathListener) (index, cause) -> {}),
            Map.entry(Duration.class, Duration.ofSeconds(7)));

    /** Setters that set a part of what another sets. */
    private static final List<Set<String>> OVERLAPPING =
            List.of(Set.of("highWaterMark", "readableHighWaterMark"), Set.of("highWaterMark", "writableHighWaterMark"));

    static Stream<Object> values() {
        return Stream.of(
                DuplexOptions.defaults(),
                LookupOptions.defaults(),
                SocketOptions.defaults(),
                ServerOptions.defaults(),
                ConnectOptions.to("example.org", 80),
                ListenOptions.at(80),
                ListenOptions.atPath("/socket"),
                KeepAlive.ON,
                ProxyProtocol.optional(),
                GroupOptions.defaults(),
                TraceOptions.defaults());
    }

    private static List<Method> setters(Object options) {
        return Arrays.stream(options.getClass().getMethods())
                .filter(method -> method.getReturnType() == options.getClass())
                .filter(method -> !Modifier.isStatic(method.getModifiers()))
                .toList();
    }

    private static Object set(Object options, Method setter, Loop loop) {
        Object[] arguments = Arrays.stream(setter.getParameterTypes())
                .map(type -> type == SocketHandle.class ? HANDLES.computeIfAbsent(loop, Tcp::new) : SAMPLES.get(type))
                .toArray();
        if (setter.getName().equals("maxLength")) {
            arguments[0] = 700; // of a header: 7 would be too short for any
        }
        if (setter.getParameterTypes()[0] == boolean.class) {
            arguments[0] = true;
            Object changed = call(options, setter, arguments);
            if (!changed.equals(options)) {
                return changed;
            }
            arguments[0] = false;
        }
        return call(options, setter, arguments);
    }

    private static final Map<Loop, Tcp> HANDLES = new WeakHashMap<>();

    private static Object call(Object options, Method setter, Object... arguments) {
        try {
            return setter.invoke(options, arguments);
        } catch (InvocationTargetException thrown) {
            throw (RuntimeException) thrown.getCause();
        } catch (IllegalAccessException notPublic) {
            throw new AssertionError(notPublic);
        }
    }

    /** Null if the setter can't apply to such options. */
    private static Object trySet(Object options, Method setter, Loop loop) {
        try {
            return set(options, setter, loop);
        } catch (UsageException refused) {
            assertEquals("ERR_INCOMPATIBLE_OPTION_PAIR", refused.code());
            return null;
        }
    }

    @ParameterizedTest
    @MethodSource("values")
    void optionsAreMadeByStaticMethodsAndHaveFinalFields(Object options) {
        Class<?> type = options.getClass();
        assertTrue(Modifier.isFinal(type.getModifiers()));
        assertEquals(0, type.getConstructors().length, "made by static methods");
        assertTrue(Arrays.stream(type.getDeclaredFields()).allMatch(field -> Modifier.isFinal(field.getModifiers())));
    }

    @ParameterizedTest
    @MethodSource("values")
    void anOptionSetterDoesNotChangeTheOriginal(Object options, Loop loop) {
        String text = options.toString();
        int hash = options.hashCode();
        for (Method setter : setters(options)) {
            Object changed = trySet(options, setter, loop);
            if (changed != null) {
                assertNotEquals(options, changed, setter.getName());
                assertNotEquals(text, changed.toString(), setter.getName());
                assertEquals(text, options.toString(), setter.getName());
                assertEquals(hash, options.hashCode(), setter.getName());
            }
        }
        closeHandle(loop);
    }

    /** If one changed what the other sets, the order would matter. */
    @ParameterizedTest
    @MethodSource("values")
    void anOptionSetterChangesNoOtherValue(Object options, Loop loop) {
        for (Method one : setters(options)) {
            for (Method other : setters(options)) {
                Object first = trySet(options, one, loop);
                Object second = trySet(options, other, loop);
                if (first == null || second == null || isSameValue(one, other)) {
                    continue;
                }
                Object forth = trySet(first, other, loop);
                Object back = trySet(second, one, loop);
                assertEquals(forth, back, one.getName() + " and " + other.getName());
                assertTrue(forth == null || forth.hashCode() == back.hashCode());
            }
        }
        closeHandle(loop);
    }

    private static boolean isSameValue(Method one, Method other) {
        boolean lends =
                one.getParameterTypes()[0] == ByteBuffer.class || other.getParameterTypes()[0] == ByteBuffer.class;
        return lends
                || one.getName().equals(other.getName())
                || OVERLAPPING.contains(new TreeSet<>(List.of(one.getName(), other.getName())));
    }

    private static void closeHandle(Loop loop) {
        Tcp handle = HANDLES.remove(loop);
        if (handle != null) {
            handle.close();
        }
        loop.run();
    }

    @Test
    void everyOptionOfAListenAppliesToAtLeastOnePlace(Loop loop) {
        Set<String> set = new TreeSet<>();
        for (ListenOptions place : List.of(ListenOptions.at(80), ListenOptions.atPath("/socket"))) {
            setters(place).stream()
                    .filter(setter -> trySet(place, setter, loop) != null)
                    .map(Method::getName)
                    .forEach(set::add);
        }
        assertEquals(
                Set.of("backlog", "epollExclusive", "ipv6Only", "readableAll", "reusePort", "signal", "writableAll"),
                set);
    }

    // ---- what can't apply

    @Test
    void anOptionOfAnAddressIsRefusedForAPath() {
        Map<String, Function<ConnectOptions, ConnectOptions>> options = Map.of(
                "localAddress", path -> path.localAddress("127.0.0.1"),
                "localPort", path -> path.localPort(1),
                "family", path -> path.family(Family.IPV4),
                "hints", path -> path.hints(LookupOptions.Hint.AI_ALL),
                "lookup", path -> path.lookup(LOOKUP),
                "autoSelectFamily", path -> path.autoSelectFamily(true),
                "autoSelectFamilyAttemptTimeoutMillis", path -> path.autoSelectFamilyAttemptTimeoutMillis(1));
        options.forEach((name, set) -> assertRefused(name, "path", () -> set.apply(ConnectOptions.toPath("/socket"))));
    }

    @Test
    void anOptionOfOnePlaceIsRefusedForAnother() {
        assertRefused("ipv6Only", "path", () -> ListenOptions.atPath("/socket").ipv6Only(true));
        assertRefused("reusePort", "fd", () -> ListenOptions.atFd(3).reusePort(true));
        assertRefused("readableAll", "port", () -> ListenOptions.at(80).readableAll(true));
        assertRefused("writableAll", "fd", () -> ListenOptions.atFd(3).writableAll(true));
        assertEquals(
                ListenOptions.at(80), ListenOptions.at(80).readableAll(false).writableAll(false));
        assertEquals(
                ListenOptions.atFd(3), ListenOptions.atFd(3).ipv6Only(false).reusePort(false));
    }

    @Test
    void aDescriptorAndAHandleAreRefusedTogether(Loop loop) {
        Tcp tcp = new Tcp(loop);
        assertRefused("handle", "fd", () -> SocketOptions.defaults().fd(3).handle(tcp));
        assertRefused("fd", "handle", () -> SocketOptions.defaults().handle(tcp).fd(3));
        assertRefused("ipv6Only", "handle", () -> ListenOptions.atHandle(tcp).ipv6Only(true));
        tcp.close();
        loop.run();
    }

    private static void assertRefused(String name, String other, Executable call) {
        UsageException refused = assertThrows(UsageException.class, call, name);
        assertEquals("ERR_INCOMPATIBLE_OPTION_PAIR", refused.code());
        assertEquals(
                "Option \"" + name + "\" cannot be used in combination with option \"" + other + "\"",
                refused.getMessage());
    }
}
