package io.chagres.sys;

/**
 * The texts of the C library for error numbers: {@code Resource temporarily unavailable} for EAGAIN. {@link Errno} has the
 * texts of libuv, which all exceptions have.
 *
 * @see <a href="https://man7.org/linux/man-pages/man3/strerror.3.html">strerror(3)</a>
 */
public final class CTexts {

    /** Since glibc 2.32: it is not translated. */
    private static final CFunction STRERROR = Libc.plain(Libc.has("strerrordesc_np") ? "strerrordesc_np" : "strerror");

    private static final CFunction GAI_STRERROR = Libc.plain("gai_strerror");

    private CTexts() {}

    /** strerror(3): returns the text for an error number of errno(3). */
    public static String strerror(int errno) {
        return text(STRERROR, errno);
    }

    /** gai_strerror(3): returns the text for an {@code EAI_} number of {@link NetDb}. */
    public static String gaiStrerror(int eai) {
        return text(GAI_STRERROR, eai);
    }

    private static String text(CFunction function, int number) {
        long address = Libc.invoke(function, Scratch.slab(), number, 0, 0, 0, 0);
        return address == 0 ? "Unknown error " + number : Call.stringAt(address);
    }
}
