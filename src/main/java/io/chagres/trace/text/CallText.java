package io.chagres.trace.text;

import io.chagres.sys.CTexts;
import io.chagres.sys.Call;
import io.chagres.sys.Errno;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The text of one call.
 *
 * @param name the name of the system call
 * @param arguments the decoded arguments, separated by commas
 * @param result the result of the kernel, or -errno
 * @param answer the result as strace(1) prints it
 */
public record CallText(String name, String arguments, long result, String answer) {

    /**
     * Decodes a call that has just returned, of a function that has a {@link #category}.
     *
     * @param limit the number of bytes after which strings are cut
     */
    public static CallText of(Call call, int limit) {
        Decoder decoder = Objects.requireNonNull(Decoders.of(call.function()));
        long result = outcome(call, decoder);
        Line line = new Line(result, limit);
        String separator = "";
        for (Argument argument : decoder.arguments()) {
            line.add(separator);
            argument.print(call, line);
            separator = ", ";
        }
        return new CallText(decoder.name(), line.toString(), result, answer(call, decoder, result));
    }

    /** Returns {@code net}, {@code epoll} or {@code data} for a function of the C library; null if strace(1) would not show it. */
    public static @Nullable String category(String function) {
        Decoder decoder = Decoders.of(function);
        return decoder == null ? null : decoder.category();
    }

    private static long outcome(Call call, Decoder decoder) {
        return switch (decoder.result()) {
            case INT, FLAGS -> (int) call.result() < 0 ? -call.errno() : (int) call.result();
            case SIZE -> call.result() < 0 ? -call.errno() : call.result();
            case TRUTH -> (int) call.result() == 1 ? 0 : -call.errno();
            case EAI -> (int) call.result();
        };
    }

    private static String answer(Call call, Decoder decoder, long result) {
        if (decoder.result() == Decoder.Result.EAI) {
            return NetDbText.answer(call);
        }
        if (result < 0) {
            return "-1 ".concat(error((int) -result));
        }
        return decoder.result() == Decoder.Result.FLAGS ? FileText.commandAnswer(call, result) : String.valueOf(result);
    }

    /** Returns the name of the kernel, which has EOPNOTSUPP only. */
    static String errorName(int errno) {
        return errno == Errno.ENOTSUP ? "EOPNOTSUPP" : Errno.name(errno);
    }

    static String error(int errno) {
        return errorName(errno) + " (" + CTexts.strerror(errno) + ")";
    }
}
