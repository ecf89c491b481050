/**
 * Frames: the messages of a protocol, cut out of a stream of bytes.
 *
 * <p>TCP transports bytes and keeps no borders between messages: one read may have a third of a line, or twenty lines. So each protocol
 * marks its borders, and each program must find them. {@link io.chagres.framing.Framing} says how they are marked, and a {@link
 * io.chagres.framing.FrameReader} cuts:
 *
 * <pre>
 *     chunks   | 00 05 h e l l | o 00 02 h i 00 | 00 00 01 x |
 *                               length(2, 1024)
 *     frames   | hello | hi |  | x |
 * </pre>
 *
 * <p>Rules of this floor:
 * <ul>
 * <li>A frame that lies in one chunk is a view of it. Only a frame that is cut by a border of chunks is copied.
 * <li>No framing is without a limit. Memory is taken for bytes that have arrived, never for those that a prefix promises.
 * <li>Bytes that are no frame destroy the stream: behind them, no border can be trusted.
 * <li>Back-pressure is that of the stream. A frame listener that pauses gets no further frame, and the bytes that have arrived wait in
 *     the buffer of the stream.
 * <li>A reader takes no byte behind the last frame: a protocol can switch to another framing, or to a pipe, at any border.
 * <li>A byte is looked at once, however small the pieces are in which a frame arrives.
 * </ul>
 *
 * <p>Read {@link io.chagres.framing.Framing} first, then {@link io.chagres.framing.FrameReader}. The class that cuts is {@code Cutter}.
 *
 * @since 0.2.0
 */
@NullMarked
package io.chagres.framing;

import org.jspecify.annotations.NullMarked;
