package io.chagres.service;

import io.chagres.socket.DescriptorKind;

/**
 * A descriptor that the service manager has passed to this process, see {@link Systemd#sockets()}.
 *
 * @param name the name of {@code FileDescriptorName=}, by default that of the socket unit; "unknown" if the manager has given none
 * @param fd the descriptor; close-on-exec and non-blocking
 * @param kind the kind of the descriptor
 * @param isListening whether it is a socket that listens: a server takes it with {@link io.chagres.net.ListenOptions#atFd}
 */
public record PassedSocket(String name, int fd, DescriptorKind kind, boolean isListening) {}
