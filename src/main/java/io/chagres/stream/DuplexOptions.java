package io.chagres.stream;

import com.google.errorprone.annotations.CheckReturnValue;
import io.chagres.UsageException;
import java.util.List;
import java.util.StringJoiner;
import java.util.function.Consumer;

/**
 * The options that a {@link Duplex} is made with. Options are immutable: each method returns a changed copy.
 *
 * <pre>{@code
 * super(loop, DuplexOptions.defaults().highWaterMark(16 * 1024).allowHalfOpen(false));
 * }</pre>
 *
 * @see <a href="https://nodejs.org/api/stream.html#new-streamduplexoptions">new stream.Duplex(options)</a>
 */
@CheckReturnValue
public final class DuplexOptions {

    /** Node's default for bytes, 64 KiB. */
    public static final int DEFAULT_HIGH_WATER_MARK = 64 * 1024;

    private static final DuplexOptions DEFAULTS = new DuplexOptions(new Values());

    private static final class Values implements Cloneable {
        private boolean allowHalfOpen = true;
        private int readableHighWaterMark = DEFAULT_HIGH_WATER_MARK;
        private int writableHighWaterMark = DEFAULT_HIGH_WATER_MARK;
        private boolean emitClose = true;
        private boolean autoDestroy = true;
        private boolean readable = true;
        private boolean writable = true;

        private Values copy() {
            try {
                return (Values) clone();
            } catch (CloneNotSupportedException impossible) {
                throw new AssertionError(impossible);
            }
        }
    }

    private final Values values;

    private DuplexOptions(Values values) {
        this.values = values;
    }

    private DuplexOptions with(Consumer<Values> change) {
        Values changed = values.copy();
        change.accept(changed);
        return new DuplexOptions(changed);
    }

    /** Returns Node's defaults for a stream that can be read and written. */
    public static DuplexOptions defaults() {
        return DEFAULTS;
    }

    /** Sets whether the stream can still be written after its reading has ended; if not, it ends itself a tick later. True by default. */
    public DuplexOptions allowHalfOpen(boolean allow) {
        return with(values -> values.allowHalfOpen = allow);
    }

    /**
     * Sets the high-water mark of both sides, in bytes; 64 KiB by default.
     *
     * @throws UsageException ERR_INVALID_ARG_VALUE if {@code bytes} is negative
     */
    public DuplexOptions highWaterMark(int bytes) {
        requireMark(bytes, "highWaterMark");
        return with(values -> {
            values.readableHighWaterMark = bytes;
            values.writableHighWaterMark = bytes;
        });
    }

    /**
     * Sets the high-water mark of the readable side, in bytes; 64 KiB by default. See {@link Readable#readableHighWaterMark()}.
     *
     * @throws UsageException ERR_INVALID_ARG_VALUE if {@code bytes} is negative
     */
    public DuplexOptions readableHighWaterMark(int bytes) {
        requireMark(bytes, "readableHighWaterMark");
        return with(values -> values.readableHighWaterMark = bytes);
    }

    /**
     * Sets the high-water mark of the writable side, in bytes; 64 KiB by default. See {@link Writable#writableHighWaterMark()}.
     *
     * @throws UsageException ERR_INVALID_ARG_VALUE if {@code bytes} is negative
     */
    public DuplexOptions writableHighWaterMark(int bytes) {
        requireMark(bytes, "writableHighWaterMark");
        return with(values -> values.writableHighWaterMark = bytes);
    }

    /** Sets whether the stream emits its close event itself; if not, the subclass calls {@link Duplex#emitClose}. True by default. */
    public DuplexOptions emitClose(boolean emit) {
        return with(values -> values.emitClose = emit);
    }

    /**
     * Sets whether the stream destroys itself when both sides have ended, and when one fails; true by default. If not, an error is
     * emitted, reading and writing stop, and the user calls {@link Duplex#destroy()}.
     */
    public DuplexOptions autoDestroy(boolean destroy) {
        return with(values -> values.autoDestroy = destroy);
    }

    /**
     * Sets whether the stream can be read; if not, its readable side has ended from the start, as in Node's Writable. True by default.
     */
    public DuplexOptions readable(boolean can) {
        return with(values -> values.readable = can);
    }

    /**
     * Sets whether the stream can be written; if not, its writable side has ended from the start, as in Node's Readable. True by default.
     */
    public DuplexOptions writable(boolean can) {
        return with(values -> values.writable = can);
    }

    private static void requireMark(int bytes, String name) {
        if (bytes < 0) {
            throw new UsageException(
                    "ERR_INVALID_ARG_VALUE", "The property 'options." + name + "' is invalid. Received " + bytes);
        }
    }

    /** Returns whether the stream can still be written after its reading has ended. */
    public boolean allowHalfOpen() {
        return values.allowHalfOpen;
    }

    /** Returns the high-water mark of the readable side, in bytes. */
    public int readableHighWaterMark() {
        return values.readableHighWaterMark;
    }

    /** Returns the high-water mark of the writable side, in bytes. */
    public int writableHighWaterMark() {
        return values.writableHighWaterMark;
    }

    boolean emitClose() {
        return values.emitClose;
    }

    boolean autoDestroy() {
        return values.autoDestroy;
    }

    boolean readable() {
        return values.readable;
    }

    boolean writable() {
        return values.writable;
    }

    private List<Object> list() {
        return List.of(
                values.allowHalfOpen,
                values.readableHighWaterMark,
                values.writableHighWaterMark,
                values.emitClose,
                values.autoDestroy,
                values.readable,
                values.writable);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof DuplexOptions options && list().equals(options.list());
    }

    @Override
    public int hashCode() {
        return list().hashCode();
    }

    /** Returns all options, as in "DuplexOptions (highWaterMark 65536 65536, emitClose, autoDestroy, readable, writable)". */
    @Override
    public String toString() {
        StringJoiner text = new StringJoiner(", ", "DuplexOptions (", ")");
        addIf(values.allowHalfOpen, "allowHalfOpen", text);
        text.add("highWaterMark " + values.readableHighWaterMark + " " + values.writableHighWaterMark);
        addIf(values.emitClose, "emitClose", text);
        addIf(values.autoDestroy, "autoDestroy", text);
        addIf(values.readable, "readable", text);
        addIf(values.writable, "writable", text);
        return text.toString();
    }

    private static void addIf(boolean on, String name, StringJoiner text) {
        if (on) {
            text.add(name);
        }
    }
}
