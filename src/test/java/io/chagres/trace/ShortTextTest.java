package io.chagres.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.chagres.fixture.HangGuard;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(HangGuard.class)
class ShortTextTest {

    private static String call(String name, String arguments) {
        return ShortText.call(call(name, arguments, "0"));
    }

    private static SystemCall call(String name, String arguments, String answer) {
        return new SystemCall(new Place("loop", 0, "", ""), "", "net", name, arguments, 0, answer, -1, 0, 0, List.of());
    }

    @Test
    void anAddressIsWrittenAsPeopleDo() {
        assertEquals(
                "connect(5, 127.0.0.1:9297)",
                call("connect", "5, {sa_family=AF_INET, sin_port=htons(9297), sin_addr=inet_addr(\"127.0.0.1\")}, 16"));
        assertEquals(
                "accept4(4, [::1]:80)",
                call(
                        "accept4",
                        "4, {sa_family=AF_INET6, sin6_port=htons(80), sin6_flowinfo=htonl(0), inet_pton(AF_INET6,"
                                + " \"::1\", &sin6_addr), sin6_scope_id=0}, [28], SOCK_CLOEXEC|SOCK_NONBLOCK"));
        assertEquals(
                "getsockname(4, 127.0.0.1:9297)",
                call(
                        "getsockname",
                        "4, {sa_family=AF_INET, sin_port=htons(9297), sin_addr=inet_addr(\"127.0.0.1\")}, [128 => 16]"));
        assertEquals("bind(4, /tmp/s)", call("bind", "4, {sa_family=AF_UNIX, sun_path=\"/tmp/s\"}, 110"));
    }

    @Test
    void flagsThatEverySocketHasAreLeftOut() {
        assertEquals(
                "socket(AF_INET, SOCK_STREAM, IPPROTO_TCP)",
                call("socket", "AF_INET, SOCK_STREAM|SOCK_CLOEXEC|SOCK_NONBLOCK, IPPROTO_TCP"));
        assertEquals("sendto(5, \"a\", 1)", call("sendto", "5, \"a\", 1, MSG_DONTWAIT|MSG_NOSIGNAL, NULL, 0"));
        assertEquals("recvfrom(5, \"a, 0\", 65536)", call("recvfrom", "5, \"a, 0\", 65536, MSG_DONTWAIT, NULL, NULL"));
        assertEquals("accept4(4)", call("accept4", "4, NULL, NULL, SOCK_CLOEXEC|SOCK_NONBLOCK"));
        assertEquals("epoll_wait(3, [], 1024, 0)", call("epoll_wait", "3, [], 1024, 0"));
    }

    @Test
    void eventsAreWrittenWithoutTheDataThatTheLoopAddsToThem() {
        assertEquals(
                "epoll_wait(3, [EPOLLIN|EPOLLRDHUP], 1024, -1)",
                call("epoll_wait", "3, [{events=EPOLLIN|EPOLLRDHUP, data={u32=4, u64=4294967300}}], 1024, -1"));
    }

    @Test
    void longDataIsCut() {
        assertEquals("send(5, \"aaaaaaaaaaaaaaaa\"..., 99)", call("send", "5, \"" + "a".repeat(32) + "\"..., 99"));
    }

    @Test
    void aLongTextIsCutBetweenCharacters() {
        assertEquals("x".repeat(55) + "...", ShortText.cut("x".repeat(55) + "🚀🚀"));
        assertEquals("x".repeat(54) + "🚀...", ShortText.cut("x".repeat(54) + "🚀🚀"));
    }

    @Test
    void anAnswerHasNoExplanation() {
        assertEquals("-1 EAGAIN", ShortText.answer(call("recv", "", "-1 EAGAIN (Resource temporarily unavailable)")));
        assertEquals("7", ShortText.answer(call("accept4", "", "7")));
    }
}
