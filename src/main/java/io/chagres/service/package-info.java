/**
 * A server among other processes: systemd starts it, a new version replaces it, a balancer asks whether it is ready.
 *
 * <pre>
 *     {@link io.chagres.service.Systemd}      sockets that systemd has opened, and what it wants to know
 *     {@link io.chagres.service.Handover}     listening sockets and idle connections for the next process
 *     {@link io.chagres.service.Readiness}    whether new connections are welcome
 * </pre>
 *
 * Read {@link io.chagres.service.Handover} first: it says how a restart loses no connection. {@link io.chagres.service.HandoverOffer} is
 * the side of the old process, {@link io.chagres.service.Takeover} that of the new one. Everything here works without systemd: its
 * methods do nothing then.
 *
 * @see <a href="https://www.freedesktop.org/software/systemd/man/latest/sd_notify.html">sd_notify(3)</a>
 * @since 0.2.0
 */
@NullMarked
package io.chagres.service;

import org.jspecify.annotations.NullMarked;
