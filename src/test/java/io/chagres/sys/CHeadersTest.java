package io.chagres.sys;

import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.chagres.fixture.ForkedJvm;
import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Program;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * The constants and the layouts of this package, as assertions that a C compiler checks against the headers of glibc and of musl.
 *
 * <p>A difference is harmless, or has an answer in the code: docs/platforms.md.
 */
@ExtendWith(HangGuard.class)
@Tag("host")
class CHeadersTest {

    /** musl, unpacked by {@code make check-platforms}, if it is not installed. */
    private static final Path UNPACKED = Path.of("target/platforms/musl/root/usr/include");

    private static final String HEADERS = """
            #define _GNU_SOURCE
            #include <errno.h>
            #include <fcntl.h>
            #include <netdb.h>
            #include <netinet/in.h>
            #include <netinet/tcp.h>
            #include <stddef.h>
            #include <sys/epoll.h>
            #include <sys/eventfd.h>
            #include <sys/resource.h>
            #include <sys/socket.h>
            #include <sys/stat.h>
            #include <sys/uio.h>
            #include <sys/un.h>
            #include <time.h>
            #define WIDTH(type, member) sizeof(((type *) 0)->member)
            """;

    private final StringBuilder program = new StringBuilder(HEADERS);

    @Test
    void theHeadersOfGlibcHaveTheseConstantsAndLayouts(@TempDir Path dir) throws Exception {
        Program.require("gcc");
        assertEquals(Set.of(), differences(dir, List.of("gcc")));
    }

    @Test
    void theHeadersOfMuslDifferInTheNamedConstantsAlone(@TempDir Path dir) throws Exception {
        Set<String> known = Set.of(
                "NI_MAXHOST",
                "O_ACCMODE",
                "SOMAXCONN",
                "WIDTH(struct cmsghdr, cmsg_len)",
                "WIDTH(struct msghdr, msg_iovlen)",
                "WIDTH(struct msghdr, msg_controllen)");
        List<String> compiler = musl();
        assumeTrue(MuslTest.hasStatx(), "musl before 1.2.4 has no struct statx, and its headers are not compared");
        assertEquals(known, differences(dir, compiler));
    }

    private static List<String> musl() throws Exception {
        if (Files.isDirectory(UNPACKED)) {
            Program.require("gcc");
            try (Stream<Path> triplets = Files.list(UNPACKED)) {
                Path headers = triplets.filter(path -> path.toString().endsWith("-linux-musl"))
                        .findAny()
                        .orElseThrow();
                return List.of("gcc", "-nostdinc", "-isystem", headers.toString());
            }
        }
        Program.require("musl-gcc");
        return List.of("musl-gcc");
    }

    /** Returns the facts that the headers of a compiler do not have, or have otherwise. */
    private Set<String> differences(Path dir, List<String> compiler) throws Exception {
        constants(Sockets.class, Epoll.class, EventFd.class, Descriptors.class, NetDb.class, Errno.class);
        layouts();
        List<String> command = new ArrayList<>(compiler);
        command.addAll(List.of(
                "-fsyntax-only",
                Files.writeString(dir.resolve("facts.c"), program).toString()));
        String output = ForkedJvm.run(command).output();
        assertEquals(Set.of(), all("(.*error: (?!static assertion).*)", output));
        return all("static assertion failed: \"([^\"]*)\"", output);
    }

    private static Set<String> all(String pattern, String output) {
        return Pattern.compile(pattern)
                .matcher(output)
                .results()
                .map(result -> result.group(1))
                .collect(toCollection(TreeSet::new));
    }

    private void constants(Class<?>... types) throws IllegalAccessException {
        for (Class<?> type : types) {
            for (Field field : type.getDeclaredFields()) {
                if (Modifier.isPublic(field.getModifiers()) && field.getType() == int.class) {
                    constant(field.getName(), field.getInt(null));
                }
            }
        }
    }

    private void constant(String name, int value) {
        program.append("#ifdef ").append(name).append('\n');
        check("(int) " + name, name, value);
        program.append("#else\n");
        check("0", "no " + name, 1);
        program.append("#endif\n");
    }

    private void layouts() throws ReflectiveOperationException {
        offsets(MsgHdr.class, "msghdr", "msg_", "NAME", "NAMELEN", "IOV", "IOVLEN", "CONTROL", "CONTROLLEN", "FLAGS");
        check("sizeof(struct msghdr)", MsgHdr.BYTES);
        check("WIDTH(struct msghdr, msg_iovlen)", Long.BYTES);
        check("WIDTH(struct msghdr, msg_controllen)", Long.BYTES);
        offsets(Cmsg.class, "cmsghdr", "cmsg_", "LEN", "LEVEL", "TYPE");
        check("WIDTH(struct cmsghdr, cmsg_len)", Long.BYTES);
        check("CMSG_LEN(0)", Cmsg.HEADER);
        check("CMSG_SPACE(3 * sizeof(int))", Cmsg.space(3));
        offsets(IoVec.class, "iovec", "iov_", "LEN");
        check("sizeof(struct iovec)", IoVec.BYTES);
        offsets(EpollEvent.class, "epoll_event", "", "DATA");
        check("sizeof(struct epoll_event)", EpollEvent.BYTES);
        offsets(AddrInfo.class, "addrinfo", "ai_", "FLAGS", "FAMILY", "SOCKTYPE", "PROTOCOL", "ADDRLEN", "ADDR");
        offsets(AddrInfo.class, "addrinfo", "ai_", "CANONNAME", "NEXT");
        check("sizeof(struct addrinfo)", AddrInfo.BYTES);
        addresses();
        offsets(FileIdentity.class, "statx", "stx_", "INO", "DEV_MAJOR", "DEV_MINOR");
        check("sizeof(struct statx)", 256);
        words();
    }

    private void addresses() throws ReflectiveOperationException {
        check("sizeof(struct sockaddr_storage)", SockAddr.SIZE);
        check("sizeof(struct sockaddr_in)", SockAddr.INET_BYTES);
        offset(SockAddr.class, "PORT", "struct sockaddr_in, sin_port");
        offset(SockAddr.class, "INET_ADDR", "struct sockaddr_in, sin_addr");
        check("sizeof(struct sockaddr_in6)", SockAddr.INET6_BYTES);
        offset(SockAddr.class, "PORT", "struct sockaddr_in6, sin6_port");
        offset(SockAddr.class, "FLOWINFO", "struct sockaddr_in6, sin6_flowinfo");
        offset(SockAddr.class, "INET6_ADDR", "struct sockaddr_in6, sin6_addr");
        offset(SockAddr.class, "SCOPE_ID", "struct sockaddr_in6, sin6_scope_id");
        offset(SockAddr.class, "PATH", "struct sockaddr_un, sun_path");
        check("WIDTH(struct sockaddr_un, sun_path)", SockAddr.UNIX_PATH_MAX);
    }

    /** The structs that are written as two numbers, and the types of arguments. */
    private void words() {
        check("sizeof(struct linger)", 2 * Integer.BYTES);
        check("sizeof(struct rlimit)", 2 * Long.BYTES);
        check("sizeof(struct timespec)", 2 * Long.BYTES);
        check("offsetof(struct timespec, tv_nsec)", Long.BYTES);
        check("sizeof(struct ucred)", 3 * Integer.BYTES);
        check("sizeof(size_t)", Long.BYTES);
        check("sizeof(socklen_t)", Integer.BYTES);
        check("sizeof(mode_t)", Integer.BYTES);
    }

    private void offsets(Class<?> type, String struct, String prefix, String... names)
            throws ReflectiveOperationException {
        for (String name : names) {
            offset(type, name, "struct " + struct + ", " + prefix + name.toLowerCase());
        }
    }

    private void offset(Class<?> type, String name, String member) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        check("offsetof(" + member + ")", field.getLong(null));
    }

    private void check(String expression, long value) {
        check(expression, expression, value);
    }

    private void check(String expression, String name, long value) {
        program.append("_Static_assert(" + expression + " == " + value + ", \"" + name + "\");\n");
    }
}
