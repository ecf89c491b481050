/*
 * Raw epoll loops with OpenSSL: openssl PORT tls-echo|tls-echo-rsa|tls-sink|tls-source [LOOPS]. Each is a thread with a listener of its own.
 * See io.chagres.compare.server.
 *
 * Session tickets and ciphers are the defaults of OpenSSL. SSL_read reads ahead, so that a record is one recv(2) instead of two, and the
 * buffers of a connection are released while it is idle.
 */
#define _GNU_SOURCE
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#define PIECE 65536
#define EVENTS 1024
#define BACKLOG 511
#define CERTIFICATES "src/jmh/tls/"

struct connection {
    int fd;
    unsigned events; /* those that epoll watches */
    SSL *ssl;
    char *rest; /* the bytes of an echo that the kernel did not accept; NULL if there are none */
    size_t from, to;
};

static enum { TO_ECHO, TO_SINK, TO_SOURCE } mode;
static SSL_CTX *context;
static int port, loops = 1;
static __thread char room[PIECE];
static __thread int poller;

static void die(const char *call) {
    perror(call);
    exit(1);
}

static void die_of_openssl(void) {
    ERR_print_errors_fp(stderr);
    exit(1);
}

static void watch(struct connection *connection, unsigned events) {
    struct epoll_event event = {.events = events, .data.ptr = connection};
    if (events != connection->events)
        epoll_ctl(poller, connection->events ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, connection->fd, &event);
    connection->events = events;
}

static void hang_up(struct connection *connection) {
    SSL_free(connection->ssl);
    close(connection->fd);
    free(connection->rest);
    free(connection);
}

/* Waits for what a call needs which has returned `result`; the connection ends if the call has failed, or the peer has ended. */
static void await(struct connection *connection, int result) {
    switch (SSL_get_error(connection->ssl, result)) {
    case SSL_ERROR_WANT_READ:
        watch(connection, EPOLLIN);
        break;
    case SSL_ERROR_WANT_WRITE:
        watch(connection, EPOLLOUT);
        break;
    case SSL_ERROR_ZERO_RETURN:
        SSL_shutdown(connection->ssl); /* sends close_notify */
        hang_up(connection);
        break;
    default:
        ERR_clear_error();
        hang_up(connection);
    }
}

static void accept_all(int listener) {
    int fd, one = 1;
    while ((fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC)) >= 0) {
        struct connection *connection = calloc(1, sizeof *connection);
        setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        connection->fd = fd;
        connection->ssl = SSL_new(context);
        SSL_set_fd(connection->ssl, fd);
        SSL_set_accept_state(connection->ssl);
        watch(connection, EPOLLIN);
    }
}

/* Writes the rest of an echo; returns whether all is written. */
static int write_rest(struct connection *connection) {
    while (connection->from < connection->to) {
        int count = SSL_write(connection->ssl, connection->rest + connection->from, connection->to - connection->from);
        if (count <= 0) {
            await(connection, count);
            return 0;
        }
        connection->from += count;
    }
    free(connection->rest);
    connection->rest = NULL;
    return 1;
}

/* Echoes what was read into the room; returns whether all is written. */
static int echo(struct connection *connection, int size) {
    int sent = SSL_write(connection->ssl, room, size);
    if (sent == size)
        return 1;
    if (sent <= 0 && SSL_get_error(connection->ssl, sent) != SSL_ERROR_WANT_WRITE) {
        await(connection, sent);
        return 0;
    }
    connection->rest = memcpy(malloc(size), room, size);
    connection->from = sent < 0 ? 0 : sent;
    connection->to = size;
    return write_rest(connection);
}

/* Reads about 64 KiB, and in any case what was read ahead, which makes no event. */
static void read_some(struct connection *connection) {
    if (connection->rest && !write_rest(connection))
        return;
    for (int count, sum = 0; sum < PIECE || SSL_has_pending(connection->ssl); sum += count) {
        count = SSL_read(connection->ssl, room, sizeof room);
        if (count <= 0) {
            await(connection, count);
            return;
        }
        if (mode == TO_ECHO && !echo(connection, count))
            return;
    }
    watch(connection, EPOLLIN);
}

static void pour(struct connection *connection) {
    int count = SSL_write(connection->ssl, room, sizeof room);
    if (count <= 0)
        await(connection, count);
}

static void ready(struct connection *connection) {
    if (!SSL_is_init_finished(connection->ssl)) {
        int result = SSL_do_handshake(connection->ssl);
        if (result <= 0) {
            await(connection, result);
            return;
        }
        if (mode == TO_SOURCE)
            watch(connection, EPOLLOUT);
    }
    if (mode == TO_SOURCE)
        pour(connection);
    else
        read_some(connection);
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
    struct epoll_event events[EVENTS], listening = {.events = EPOLLIN, .data.ptr = NULL};
    int listener = *(int *) argument;
    poller = epoll_create1(EPOLL_CLOEXEC);
    epoll_ctl(poller, EPOLL_CTL_ADD, listener, &listening);
    for (;;) {
        int many = epoll_wait(poller, events, EVENTS, -1);
        for (int i = 0; i < many; i++) {
            if (events[i].data.ptr)
                ready(events[i].data.ptr);
            else
                accept_all(listener);
        }
    }
}

static void make_context(int rsa) {
    context = SSL_CTX_new(TLS_server_method());
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER | SSL_MODE_RELEASE_BUFFERS);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_default_read_buffer_len(context, PIECE);
    if (SSL_CTX_use_certificate_chain_file(context, rsa ? CERTIFICATES "rsa-certificate.pem" : CERTIFICATES "ec-certificate.pem") != 1
            || SSL_CTX_use_PrivateKey_file(context, rsa ? CERTIFICATES "rsa-key.pem" : CERTIFICATES "ec-key.pem", SSL_FILETYPE_PEM) != 1)
        die_of_openssl();
}

int main(int count, char **arguments) {
    if (count < 3)
        return 1;
    port = atoi(arguments[1]);
    mode = !strncmp(arguments[2], "tls-echo", 8) ? TO_ECHO : !strcmp(arguments[2], "tls-sink") ? TO_SINK : TO_SOURCE;
    loops = count > 3 ? atoi(arguments[3]) : 1;
    signal(SIGPIPE, SIG_IGN);
    make_context(!strcmp(arguments[2], "tls-echo-rsa"));
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
