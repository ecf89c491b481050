/* libuv: libuv PORT echo|sink|source. See io.chagres.compare.server. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <uv.h>

#define PIECE 65536
#define BACKLOG 511

struct echo {
    uv_write_t request;
    char data[];
};

static enum { TO_ECHO, TO_SINK, TO_SOURCE } mode;
static char room[PIECE];

static void die(const char *call, int error) {
    fprintf(stderr, "%s: %s\n", call, uv_strerror(error));
    exit(1);
}

static void freed(uv_handle_t *handle) {
    free(handle);
}

static void hang_up(uv_stream_t *client) {
    if (!uv_is_closing((uv_handle_t *) client))
        uv_close((uv_handle_t *) client, freed);
}

static void lend(uv_handle_t *client, size_t suggested, uv_buf_t *buffer) {
    *buffer = uv_buf_init(room, sizeof room);
}

static void on_read(uv_stream_t *client, ssize_t size, const uv_buf_t *buffer);

static void on_echoed(uv_write_t *request, int error) {
    if (error)
        hang_up(request->handle);
    else
        uv_read_start(request->handle, lend, on_read);
    free(request);
}

/* All connections share the buffer: bytes that the kernel does not accept are copied, and reading pauses meanwhile. */
static void echo_later(uv_stream_t *client, const char *data, size_t size) {
    struct echo *echo = malloc(sizeof *echo + size);
    memcpy(echo->data, data, size);
    uv_buf_t buffer = uv_buf_init(echo->data, size);
    uv_read_stop(client);
    uv_write(&echo->request, client, &buffer, 1, on_echoed);
}

static void echo(uv_stream_t *client, size_t size) {
    uv_buf_t buffer = uv_buf_init(room, size);
    int sent = uv_try_write(client, &buffer, 1);
    if (sent == UV_EAGAIN)
        sent = 0;
    if (sent < 0)
        hang_up(client);
    else if ((size_t) sent < size)
        echo_later(client, room + sent, size - sent);
}

static void on_read(uv_stream_t *client, ssize_t size, const uv_buf_t *buffer) {
    if (size < 0)
        hang_up(client);
    else if (size > 0 && mode == TO_ECHO)
        echo(client, size);
}

static void pour(uv_write_t *request, int error) {
    uv_buf_t buffer = uv_buf_init(room, sizeof room);
    if (error || uv_write(request, request->handle, &buffer, 1, pour)) {
        hang_up(request->handle);
        free(request);
    }
}

static void on_connection(uv_stream_t *server, int error) {
    uv_tcp_t *client = malloc(sizeof *client);
    uv_tcp_init(server->loop, client);
    if (error || uv_accept(server, (uv_stream_t *) client)) {
        hang_up((uv_stream_t *) client);
        return;
    }
    uv_tcp_nodelay(client, 1);
    uv_read_start((uv_stream_t *) client, lend, on_read);
    if (mode == TO_SOURCE) {
        uv_write_t *request = malloc(sizeof *request);
        request->handle = (uv_stream_t *) client;
        pour(request, 0);
    }
}

static void listen_on(uv_tcp_t *server, int port) {
    struct sockaddr_in address;
    int error, length = sizeof address;
    uv_ip4_addr("127.0.0.1", port, &address);
    if ((error = uv_tcp_bind(server, (struct sockaddr *) &address, 0)))
        die("bind", error);
    if ((error = uv_listen((uv_stream_t *) server, BACKLOG, on_connection)))
        die("listen", error);
    uv_tcp_getsockname(server, (struct sockaddr *) &address, &length);
    printf("listening %d\n", ntohs(address.sin_port));
    fflush(stdout);
}

int main(int count, char **arguments) {
    uv_tcp_t server;
    if (count < 3)
        return 1;
    mode = !strcmp(arguments[2], "echo") ? TO_ECHO : !strcmp(arguments[2], "sink") ? TO_SINK : TO_SOURCE;
    uv_tcp_init(uv_default_loop(), &server);
    listen_on(&server, atoi(arguments[1]));
    return uv_run(uv_default_loop(), UV_RUN_DEFAULT);
}
