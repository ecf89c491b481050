/* Raw epoll loops: epoll PORT echo|sink|source [LOOPS]. Each is a thread with a listener of its own. See io.chagres.compare.server. */
#define _GNU_SOURCE
#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE 65536
#define EVENTS 1024
#define BACKLOG 511
#define DESCRIPTORS (1 << 20)

/* The bytes of an echo that the kernel did not accept, by descriptor. */
struct rest {
    char *data;
    size_t from, to;
};

static enum { TO_ECHO, TO_SINK, TO_SOURCE } mode;
static struct rest *rests;
static int port, loops = 1;
static __thread char room[PIECE];
static __thread int poller;

static void die(const char *call) {
    perror(call);
    exit(1);
}

static void watch(int operation, int fd, unsigned events) {
    struct epoll_event event = {.events = events, .data.fd = fd};
    epoll_ctl(poller, operation, fd, &event);
}

static void hang_up(int fd) {
    free(rests[fd].data);
    rests[fd] = (struct rest) {0};
    close(fd);
}

static void accept_all(int listener) {
    int fd, one = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        watch(EPOLL_CTL_ADD, fd, mode == TO_SOURCE ? EPOLLOUT : EPOLLIN);
    }
}

static void keep(int fd, const char *data, size_t size) {
    struct rest *rest = &rests[fd];
    rest->data = memcpy(malloc(size), data, size);
    rest->from = 0;
    rest->to = size;
    watch(EPOLL_CTL_MOD, fd, EPOLLOUT);
}

static void echo(int fd, size_t size) {
    ssize_t sent = send(fd, room, size, MSG_NOSIGNAL);
    if (sent < 0 && errno != EAGAIN)
        hang_up(fd);
    else if (sent < (ssize_t) size)
        keep(fd, room + (sent < 0 ? 0 : sent), size - (sent < 0 ? 0 : sent));
}

static void readable(int fd) {
    ssize_t size = recv(fd, room, sizeof room, 0);
    if (size == 0 || (size < 0 && errno != EAGAIN))
        hang_up(fd);
    else if (size > 0 && mode == TO_ECHO)
        echo(fd, size);
}

static void writable(int fd) {
    struct rest *rest = &rests[fd];
    const char *data = mode == TO_SOURCE ? room : rest->data + rest->from;
    ssize_t sent = send(fd, data, mode == TO_SOURCE ? sizeof room : rest->to - rest->from, MSG_NOSIGNAL);
    if (sent < 0) {
        if (errno != EAGAIN)
            hang_up(fd);
    } else if (mode == TO_ECHO && (rest->from += sent) == rest->to) {
        free(rest->data);
        rest->data = NULL;
        watch(EPOLL_CTL_MOD, fd, EPOLLIN);
    }
}

static void ready(int fd, unsigned events) {
    if (events & EPOLLOUT)
        writable(fd);
    else if (mode == TO_SOURCE)
        hang_up(fd);
    else
        readable(fd);
}

static int start_listening(void) {
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0), one = 1;
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    socklen_t length = sizeof address;
    setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof one);
    if (loops > 1)
        setsockopt(fd, SOL_SOCKET, SO_REUSEPORT, &one, sizeof one);
    if (bind(fd, (struct sockaddr *) &address, sizeof address) || listen(fd, BACKLOG))
        die("listen");
    getsockname(fd, (struct sockaddr *) &address, &length);
    port = ntohs(address.sin_port);
    return fd;
}

static void *run(void *argument) {
    struct epoll_event events[EVENTS];
    int listener = *(int *) argument;
    poller = epoll_create1(EPOLL_CLOEXEC);
    watch(EPOLL_CTL_ADD, listener, EPOLLIN);
    for (;;) {
        int many = epoll_wait(poller, events, EVENTS, -1);
        for (int i = 0; i < many; i++) {
            if (events[i].data.fd == listener)
                accept_all(listener);
            else
                ready(events[i].data.fd, events[i].events);
        }
    }
}

int main(int count, char **arguments) {
    if (count < 3)
        return 1;
    port = atoi(arguments[1]);
    mode = !strcmp(arguments[2], "echo") ? TO_ECHO : !strcmp(arguments[2], "sink") ? TO_SINK : TO_SOURCE;
    loops = count > 3 ? atoi(arguments[3]) : 1;
    rests = calloc(DESCRIPTORS, sizeof *rests);
    int listeners[loops];
    for (int i = 0; i < loops; i++)
        listeners[i] = start_listening();
    pthread_t thread;
    for (int i = 1; i < loops; i++)
        pthread_create(&thread, NULL, run, &listeners[i]);
    printf("listening %d\n", port);
    fflush(stdout);
    run(&listeners[0]);
}
