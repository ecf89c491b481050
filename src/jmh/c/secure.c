/*
 * Clients with TLS 1.3: secure PORT LOAD CONNECTIONS SIZE CERTIFICATE. See io.chagres.compare.traffic.TlsTraffic.
 *
 * LOAD is echo (a message of SIZE bytes in flight on each connection), in or out (bytes into the server or out of it, in pieces of 64 KiB),
 * full or resumed (connections that shake hands, echo a byte and end in order, CONNECTIONS at a time), or hold (idle connections).
 *
 * Each line of its input is a number. With hold, the program opens connections until there are so many, and prints "open" with the
 * number that it has, then the reason if there are fewer. Otherwise it runs for so many nanoseconds, and prints "operations" with
 * their number and the nanoseconds of the run, "latency" with a value and its count for each bucket, and "end". If anything fails,
 * it prints "failed" with the reason, and ends.
 *
 * One offer for all servers: TLS_AES_256_GCM_SHA384, X25519, and a signature by P-256 or RSA-PSS. The CERTIFICATE is the only one trusted.
 */
#define _GNU_SOURCE
#include "buckets.h"
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define CIPHER "TLS_AES_256_GCM_SHA384"
#define GROUP "X25519"
#define SIGNATURES "ecdsa_secp256r1_sha256:rsa_pss_rsae_sha256:rsa_pkcs1_sha256"
#define HOST "localhost"
#define PIECE 65536
#define EVENTS 1024
#define PORTS 20000 /* of one source address: then 127.0.0.2 is the next */
#define SOURCES 250
#define TIMEOUT_SECONDS 10
#define SECOND 1000000000LL
#define MILLI 1000000LL
#define GRACE (10 * SECOND)

struct connection {
    int fd;
    unsigned events; /* those that epoll watches */
    SSL *ssl;
    enum { CONNECTING, ESTABLISHED, ENDING } state; /* of a connection that shakes hands */
    SSL_SESSION *ticket; /* of the last connection in this place that got one */
    long long began; /* the message, or the connection */
    long number; /* of the message */
    size_t sent, received; /* bytes of the message */
    char *message;
};

static enum { ECHO, IN, OUT, FULL, RESUMED, HOLD } load;
static const char *names[] = {"echo", "in", "out", "full", "resumed", "hold"};
static struct connection *connections;
static SSL_CTX *context;
static int port, connection_count, opened, poller, open_handshakes, is_last_turn;
static size_t size;
static char room[PIECE], zeros[PIECE];
static long operations, bytes, latency[BUCKETS];
static long long start;

/* Prints the reason, of OpenSSL or of the system. */
static void fail(const char *what) {
    unsigned long error = ERR_get_error();
    const char *reason = error ? ERR_reason_error_string(error) : errno ? strerror(errno) : "the server has ended a connection";
    printf("failed %s: %s\n", what, reason ? reason : "unknown");
    exit(1);
}

static long long now(void) {
    struct timespec time;
    clock_gettime(CLOCK_MONOTONIC, &time);
    return time.tv_sec * SECOND + time.tv_nsec;
}

static void answered(long long began) {
    if (began >= start)
        latency[bucket(now() - began)]++;
    operations++;
}

static void moved(long count) {
    bytes += count;
    operations += bytes / PIECE;
    bytes %= PIECE;
}

static void watch(struct connection *connection, unsigned events) {
    struct epoll_event event = {.events = events, .data.ptr = connection};
    if (events != connection->events)
        epoll_ctl(poller, connection->events ? EPOLL_CTL_MOD : EPOLL_CTL_ADD, connection->fd, &event);
    connection->events = events;
}

/* Returns whether a call has to be repeated later, which returned `result`. What only writes leaves the tickets of the server unread. */
static int must_wait(struct connection *connection, int result) {
    int error = SSL_get_error(connection->ssl, result);
    if (error == SSL_ERROR_WANT_READ)
        watch(connection, EPOLLIN);
    else if (error == SSL_ERROR_WANT_WRITE)
        watch(connection, load == IN ? EPOLLOUT : EPOLLIN | EPOLLOUT);
    return error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
}

/* Returns a socket that is reset when it is closed and does not block before it is connected, if `flags` say so; or -1. */
static int connect_one(int flags) {
    int source = opened++ / PORTS % SOURCES, one = 1;
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + source)};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct linger reset = {1, 0};
    struct timeval timeout = {TIMEOUT_SECONDS, 0};
    int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | flags, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    if (bind(fd, (struct sockaddr *) &from, sizeof from)
            || (connect(fd, (struct sockaddr *) &to, sizeof to) && errno != EINPROGRESS)) {
        int why = errno;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

static void secure(struct connection *connection) {
    connection->ssl = SSL_new(context);
    SSL_set_app_data(connection->ssl, connection);
    SSL_set_fd(connection->ssl, connection->fd);
    SSL_set_tlsext_host_name(connection->ssl, HOST);
    SSL_set_connect_state(connection->ssl);
}

/* Opens a connection and waits for the handshake; returns whether it has succeeded. */
static int open_one(struct connection *connection) {
    errno = 0;
    connection->fd = connect_one(0);
    if (connection->fd < 0)
        return 0;
    secure(connection);
    return SSL_do_handshake(connection->ssl) == 1;
}

static void write_message(struct connection *connection) {
    while (connection->sent < size) {
        int count = SSL_write(connection->ssl, connection->message + connection->sent, size - connection->sent);
        if (count <= 0) {
            if (!must_wait(connection, count))
                fail("write");
            return;
        }
        connection->sent += count;
    }
    watch(connection, EPOLLIN);
}

/* Sends a message that differs from the last one of its connection. */
static void post(struct connection *connection) {
    connection->number++;
    memcpy(connection->message, &connection->number, size < sizeof connection->number ? size : sizeof connection->number);
    connection->sent = connection->received = 0;
    connection->began = now();
    write_message(connection);
}

static void check(struct connection *connection, int count) {
    if (connection->received + count > connection->sent || memcmp(room, connection->message + connection->received, count)) {
        printf("failed read: the echo differs from the message\n");
        exit(1);
    }
    connection->received += count;
    if (connection->received == size) {
        answered(connection->began);
        post(connection);
    }
}

static void pour(struct connection *connection) {
    int count = SSL_write(connection->ssl, zeros, PIECE);
    if (count > 0)
        moved(count);
    else if (!must_wait(connection, count))
        fail("write");
}

/* Reads about 64 KiB, and in any case what was read ahead, which makes no event. */
static void read_some(struct connection *connection) {
    for (int count, sum = 0; sum < PIECE || SSL_has_pending(connection->ssl); sum += count) {
        count = SSL_read(connection->ssl, room, sizeof room);
        if (count <= 0) {
            if (SSL_get_error(connection->ssl, count) != SSL_ERROR_WANT_READ)
                fail("read");
            return;
        }
        if (load == ECHO)
            check(connection, count);
        else if (memcmp(room, zeros, count)) {
            printf("failed read: the bytes of the server are not zero\n");
            exit(1);
        } else
            moved(count);
    }
}

static void open_all(void) {
    for (int i = 0; i < connection_count; i++) {
        struct connection *connection = &connections[i];
        if (!open_one(connection))
            fail("handshake");
        fcntl(connection->fd, F_SETFL, O_NONBLOCK);
        watch(connection, load == IN ? EPOLLOUT : EPOLLIN);
        if (load == ECHO) {
            connection->message = malloc(size);
            for (size_t at = 0; at < size; at++)
                connection->message[at] = at * 31 + at / 251 + i;
            post(connection);
        }
    }
}

/* Keeps a copy: OpenSSL voids the ticket of a connection that does not end in order. */
static int keep_ticket(SSL *ssl, SSL_SESSION *ticket) {
    struct connection *connection = SSL_get_app_data(ssl);
    if (load == RESUMED) {
        SSL_SESSION_free(connection->ticket);
        connection->ticket = SSL_SESSION_dup(ticket);
    }
    return 0;
}

/* Offers a copy: OpenSSL voids a ticket that has been used, but not all servers send another one then. */
static void offer_ticket(struct connection *connection) {
    if (connection->ticket) {
        SSL_SESSION *copy = SSL_SESSION_dup(connection->ticket);
        SSL_set_session(connection->ssl, copy);
        SSL_SESSION_free(copy);
    }
}

static void begin(struct connection *connection) {
    errno = 0;
    connection->began = now();
    connection->fd = connect_one(SOCK_NONBLOCK);
    if (connection->fd < 0)
        fail("connect");
    connection->state = CONNECTING;
    connection->events = 0;
    secure(connection);
    offer_ticket(connection);
    open_handshakes++;
    watch(connection, EPOLLOUT);
}

static void shake_hands(struct connection *connection) {
    int result = SSL_do_handshake(connection->ssl);
    if (result != 1) {
        if (!must_wait(connection, result))
            fail("handshake");
        return;
    }
    if (connection->ticket && !SSL_session_reused(connection->ssl)) {
        printf("failed handshake: the server does not resume the session\n");
        exit(1);
    }
    connection->state = ESTABLISHED;
    if (SSL_write(connection->ssl, zeros, 1) != 1)
        fail("write");
    watch(connection, EPOLLIN);
}

/* Waits for the echo, then sends close_notify and FIN. The first connection of a place has no ticket, and does not count as resumed. */
static void await_echo(struct connection *connection) {
    int count = SSL_read(connection->ssl, room, sizeof room);
    if (count <= 0) {
        if (!must_wait(connection, count))
            fail("echo");
        return;
    }
    if (count != 1 || *room) {
        printf("failed read: the echo differs from the byte\n");
        exit(1);
    }
    if (load == FULL || SSL_session_reused(connection->ssl))
        answered(connection->began);
    else if (!connection->ticket) {
        printf("failed handshake: the server sent no ticket before its first byte\n");
        exit(1);
    }
    SSL_shutdown(connection->ssl);
    shutdown(connection->fd, SHUT_WR);
    connection->state = ENDING;
}

/* Waits until the server has ended, too. */
static void await_end(struct connection *connection) {
    int count = SSL_read(connection->ssl, room, sizeof room);
    if (count <= 0 && SSL_get_error(connection->ssl, count) == SSL_ERROR_WANT_READ)
        return;
    ERR_clear_error();
    if (count > 0)
        fail("end");
    if (SSL_get_shutdown(connection->ssl) & SSL_RECEIVED_SHUTDOWN) {
        ssize_t rest = recv(connection->fd, room, sizeof room, 0);
        if (rest > 0 || (rest < 0 && errno == EAGAIN))
            return;
    }
    SSL_free(connection->ssl);
    close(connection->fd);
    open_handshakes--;
    if (!is_last_turn)
        begin(connection);
}

static void handshake_ready(struct connection *connection) {
    if (connection->state == CONNECTING)
        shake_hands(connection);
    if (connection->state == ESTABLISHED)
        await_echo(connection);
    if (connection->state == ENDING)
        await_end(connection);
}

static void ready(struct connection *connection, unsigned events) {
    if (load == FULL || load == RESUMED) {
        handshake_ready(connection);
    } else if (load == IN) {
        pour(connection);
    } else {
        if (load == ECHO && events & EPOLLOUT)
            write_message(connection);
        read_some(connection);
    }
}

static int are_handshakes(void) {
    return load == FULL || load == RESUMED;
}

/* Serves the connections until `end`. */
static void serve(long long end) {
    static struct epoll_event events[EVENTS];
    for (long long left; (left = end - now()) > 0 && !(is_last_turn && !open_handshakes);) {
        int many = epoll_wait(poller, events, EVENTS, (left + MILLI - 1) / MILLI);
        for (int i = 0; i < many; i++)
            ready(events[i].data.ptr, events[i].events);
    }
}

/* Runs. Messages are in flight at the end, and are answered later. Handshakes are finished, because a server limits their time. */
static void run(long long nanos) {
    memset(latency, 0, sizeof latency);
    operations = 0;
    start = now();
    is_last_turn = 0;
    for (int i = 0; are_handshakes() && i < connection_count; i++)
        begin(&connections[i]);
    serve(start + nanos);
    is_last_turn = are_handshakes();
    if (is_last_turn)
        serve(now() + GRACE);
    if (open_handshakes) {
        printf("failed end: the server does not end %d connections\n", open_handshakes);
        exit(1);
    }
    printf("operations %ld %lld\n", operations, now() - start);
    print_buckets("latency", latency);
    printf("end\n");
}

/* Opens idle connections. Each echoes a byte, and keeps nothing but its descriptor: the server sees no difference. */
static void hold(int wanted) {
    static int open;
    const char *reason = "";
    while (open < wanted && !*reason) {
        struct connection connection = {0};
        if (open_one(&connection) && SSL_write(connection.ssl, zeros, 1) == 1 && SSL_read(connection.ssl, room, 1) == 1) {
            open++;
        } else {
            unsigned long error = ERR_get_error();
            reason = error ? ERR_reason_error_string(error) : errno ? strerror(errno) : "the server has ended a connection";
            if (connection.fd >= 0)
                close(connection.fd);
        }
        SSL_free(connection.ssl);
    }
    printf("open %d %s\n", open, reason);
}

static void make_context(const char *certificate) {
    context = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_min_proto_version(context, TLS1_3_VERSION);
    SSL_CTX_set_mode(context, SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_read_ahead(context, 1);
    SSL_CTX_set_default_read_buffer_len(context, PIECE);
    SSL_CTX_set_verify(context, SSL_VERIFY_PEER, NULL);
    SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_CLIENT | SSL_SESS_CACHE_NO_INTERNAL);
    SSL_CTX_sess_set_new_cb(context, keep_ticket);
    if (SSL_CTX_set_ciphersuites(context, CIPHER) != 1 || SSL_CTX_set1_groups_list(context, GROUP) != 1
            || SSL_CTX_set1_sigalgs_list(context, SIGNATURES) != 1
            || SSL_CTX_load_verify_locations(context, certificate, NULL) != 1)
        fail("context");
}

int main(int count, char **arguments) {
    char line[64];
    if (count < 6)
        return 1;
    port = atoi(arguments[1]);
    while (load < HOLD && strcmp(arguments[2], names[load]))
        load++;
    connection_count = atoi(arguments[3]);
    size = atol(arguments[4]);
    signal(SIGPIPE, SIG_IGN);
    make_context(arguments[5]);
    connections = calloc(connection_count, sizeof *connections);
    poller = epoll_create1(EPOLL_CLOEXEC);
    if (load == ECHO || load == IN || load == OUT)
        open_all();
    while (fgets(line, sizeof line, stdin)) {
        if (load == HOLD)
            hold(atoi(line));
        else
            run(atoll(line));
        fflush(stdout);
    }
    return 0;
}
