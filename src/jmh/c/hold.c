/*
 * Connections that are idle: hold PORT. See io.chagres.compare.Many.
 *
 * Each line of its input is a number: it opens connections until there are so many, sends a byte on each and waits for the echo, and prints
 * "open" with the number that it has, then the reason if there are fewer. It closes them when its input ends. A source address has
 * ports for PORTS connections, so it uses 127.0.0.1, 127.0.0.2 ...
 */
#define _GNU_SOURCE
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#define PORTS 20000
#define TIMEOUT_SECONDS 10

/* Opens a connection that is reset when it is closed, so that no port waits; returns -1 if it fails. */
static int open_one(int port, int number) {
    struct sockaddr_in from = {.sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK + number / PORTS)};
    struct sockaddr_in to = {.sin_family = AF_INET, .sin_port = htons(port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)};
    struct linger reset = {1, 0};
    struct timeval timeout = {TIMEOUT_SECONDS, 0};
    char byte = 'x';
    int one = 1, fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    if (fd < 0)
        return -1;
    setsockopt(fd, SOL_SOCKET, SO_LINGER, &reset, sizeof reset);
    setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &timeout, sizeof timeout);
    setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &one, sizeof one);
    errno = 0;
    if (bind(fd, (struct sockaddr *) &from, sizeof from) || connect(fd, (struct sockaddr *) &to, sizeof to)
            || send(fd, &byte, 1, MSG_NOSIGNAL) != 1 || recv(fd, &byte, 1, 0) != 1) {
        int why = errno ? errno : ECONNRESET;
        close(fd);
        errno = why;
        return -1;
    }
    return fd;
}

int main(int count, char **arguments) {
    char line[64];
    int open = 0;
    if (count < 2)
        return 1;
    while (fgets(line, sizeof line, stdin)) {
        int wanted = atoi(line);
        while (open < wanted && open_one(atoi(arguments[1]), open) >= 0)
            open++;
        printf("open %d %s\n", open, open < wanted ? strerror(errno) : "");
        fflush(stdout);
    }
    return 0;
}
