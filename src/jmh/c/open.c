/*
 * Clients that send at a fixed rate: open PORT CONNECTIONS SIZE RATE SECONDS EVERY PID. See io.chagres.compare.latency.
 *
 * The message n is due at start + n / RATE on connection n % CONNECTIONS, whether or not earlier ones have been answered.
 * Its latency counts from then on. With RATE 0, a connection's next message is due when the last one is answered.
 * The program spins, and prints nothing until it ends, so that nothing but the server delays an answer.
 */
#define _GNU_SOURCE
#include "buckets.h"
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define SECOND 1000000000LL
#define GRACE (2 * SECOND)
#define ROOM (256 * 1024)
#define THREADS 256
#define NAME 32

struct connection {
    int fd;
    long sent, answered; /* messages */
    size_t unsent, incomplete; /* bytes */
    long long due; /* of the message in flight, in a closed loop */
};

struct thread {
    int id;
    long long nanos;
    char name[NAME];
};

struct interval {
    long sent, answered; /* within the interval */
    long latency[BUCKETS], late[BUCKETS]; /* of the messages that were due in the interval */
    struct thread threads[THREADS]; /* at its end */
    int thread_count;
};

static struct connection *connections;
static struct interval *intervals;
static int connection_count, interval_count, poller;
static size_t size;
static double rate;
static long long start, every;
static char *messages, room[ROOM];
static const char *pid;
static struct interval before;

static void die(const char *call) {
    perror(call);
    exit(1);
}

/* Returns memory whose page faults have happened. */
static void *zeros(size_t bytes) {
    void *memory = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
    if (memory == MAP_FAILED)
        die("mmap");
    return memory;
}

static long long nanos(clockid_t clock) {
    struct timespec now;
    clock_gettime(clock, &now);
    return now.tv_sec * SECOND + now.tv_nsec;
}

static long long now(void) {
    return nanos(CLOCK_MONOTONIC);
}

static struct interval *at(long long time) {
    long long index = (time - start) / every;
    return &intervals[index < 0 ? 0 : index < interval_count ? index : interval_count - 1];
}

static void read_line(const char *folder, const char *thread, const char *file, char *line, int room) {
    char path[128];
    snprintf(path, sizeof path, "%s/%s/%s", folder, thread, file);
    int fd = open(path, O_RDONLY), count = fd < 0 ? -1 : read(fd, line, room - 1);
    close(fd);
    line[count < 0 ? 0 : count] = 0;
    line[strcspn(line, "\n")] = 0;
}

/* Reads how long each thread of the server has run; some 5 microseconds a thread, in which nothing is sent. */
static void note_threads(struct interval *interval) {
    char folder[64], line[128];
    struct dirent *entry;
    snprintf(folder, sizeof folder, "/proc/%s/task", pid);
    DIR *threads = opendir(folder);
    while (threads && (entry = readdir(threads)) && interval->thread_count < THREADS) {
        if (entry->d_name[0] == '.')
            continue;
        struct thread *thread = &interval->threads[interval->thread_count++];
        thread->id = atoi(entry->d_name);
        read_line(folder, entry->d_name, "schedstat", line, sizeof line);
        thread->nanos = atoll(line);
        read_line(folder, entry->d_name, "comm", thread->name, sizeof thread->name);
    }
    if (threads)
        closedir(threads);
}

/* Returns the time at which message n of all is due. */
static long long due_of(long n) {
    return start + (long long) (n * (SECOND / rate));
}

static void flush(struct connection *connection) {
    while (connection->unsent > 0) {
        size_t some = connection->unsent < ROOM ? connection->unsent : ROOM;
        ssize_t sent = send(connection->fd, messages, some, MSG_NOSIGNAL);
        if (sent < 0 && errno == EAGAIN)
            return;
        if (sent < 0)
            die("send");
        connection->unsent -= sent;
    }
}

static void post(struct connection *connection, long long due, long long time) {
    connection->due = due;
    connection->sent++;
    connection->unsent += size;
    struct interval *interval = at(due);
    interval->sent++;
    interval->late[bucket(time - due)]++;
    flush(connection);
}

static void answered(struct connection *connection, long long time) {
    long n = connection->answered++ * connection_count + (connection - connections);
    long long due = rate > 0 ? due_of(n) : connection->due;
    at(due)->latency[bucket(time - due)]++;
    at(time)->answered++;
}

static void readable(struct connection *connection, int goes_on) {
    ssize_t count = recv(connection->fd, room, sizeof room, 0);
    if (count == 0 || (count < 0 && errno != EAGAIN)) {
        fprintf(stderr, "the server has ended a connection\n");
        exit(1);
    }
    long long time = now();
    for (connection->incomplete += count > 0 ? count : 0; connection->incomplete >= size; connection->incomplete -= size) {
        answered(connection, time);
        if (rate == 0 && goes_on)
            post(connection, time, time);
    }
}

/* Serves the connections that are ready, without waiting. */
static void poll_all(int goes_on) {
    static struct epoll_event events[1024];
    int many = epoll_wait(poller, events, 1024, 0);
    for (int i = 0; i < many; i++) {
        struct connection *connection = events[i].data.ptr;
        flush(connection);
        readable(connection, goes_on);
    }
}

static void open_all(int port) {
    struct sockaddr_in address = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct linger reset = {1, 0};
    int one = 1;
    for (int i = 0; i < connection_count; i++) {
        struct connection *connection = &connections[i];
        struct epoll_event event = {.events = EPOLLIN, .data.ptr = connection};
        connection->fd = socket(AF_INET, SOCK_STREAM, 0);
        if (connect(connection->fd, (struct sockaddr *) &address, sizeof address))
            die("connect");
        fcntl(connection->fd, F_SETFL, O_NONBLOCK);
        setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
        setsockopt(connection->fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
        epoll_ctl(poller, EPOLL_CTL_ADD, connection->fd, &event);
    }
}

static long outstanding(void) {
    long sum = 0;
    for (int i = 0; i < connection_count; i++)
        sum += connections[i].sent - connections[i].answered;
    return sum;
}

static void run(long long end) {
    long next = 0;
    int noted = 0;
    for (long long time = now(); time < end; time = now()) {
        if (time >= start + (noted + 1) * every)
            note_threads(&intervals[noted++]);
        for (int i = 0; rate > 0 && i < connection_count && due_of(next) <= time && due_of(next) < end; i++, next++)
            post(&connections[next % connection_count], due_of(next), now());
        poll_all(1);
    }
    if (noted < interval_count)
        note_threads(&intervals[noted]);
    for (; rate > 0 && due_of(next) < end; next++)
        post(&connections[next % connection_count], due_of(next), now());
}

/* Waits a little for the last answers. A message without one has waited at least until now. */
static long finish(void) {
    long long end = now() + GRACE;
    while (outstanding() > 0 && now() < end)
        poll_all(0);
    long lost = outstanding();
    for (int i = 0; i < connection_count; i++)
        while (connections[i].answered < connections[i].sent)
            answered(&connections[i], now());
    return lost;
}

static void print(const struct interval *interval) {
    printf("interval %ld %ld\n", interval->sent, interval->answered);
    print_buckets("latency", interval->latency);
    print_buckets("late", interval->late);
    for (int i = 0; i < interval->thread_count; i++)
        printf("thread %d %lld %s\n", interval->threads[i].id, interval->threads[i].nanos, interval->threads[i].name);
}

int main(int count, char **arguments) {
    if (count < 8)
        return 1;
    connection_count = atoi(arguments[2]);
    size = atol(arguments[3]);
    rate = atof(arguments[4]);
    long long length = atof(arguments[5]) * SECOND;
    every = atof(arguments[6]) * SECOND;
    pid = arguments[7];
    interval_count = (length + every - 1) / every;
    connections = zeros(connection_count * sizeof *connections);
    intervals = zeros(interval_count * sizeof *intervals);
    messages = zeros(ROOM);
    poller = epoll_create1(EPOLL_CLOEXEC);
    note_threads(&before);
    open_all(atoi(arguments[1]));
    long long wall = nanos(CLOCK_REALTIME);
    start = now();
    for (int i = 0; rate == 0 && i < connection_count; i++)
        post(&connections[i], start, start);
    run(start + length);
    long lost = finish();
    printf("began %lld\nlost %ld\n", wall / 1000000, lost);
    print(&before);
    for (int i = 0; i < interval_count; i++)
        print(&intervals[i]);
    return 0;
}
