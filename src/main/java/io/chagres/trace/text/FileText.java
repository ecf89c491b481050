package io.chagres.trace.text;

import io.chagres.sys.Call;
import io.chagres.sys.Descriptors;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.BitSet;
import java.util.Locale;
import java.util.StringJoiner;

/** The arguments of open(2), fcntl(2), pipe2(2), statx(2), getrlimit(2) and sched_setaffinity(2). */
final class FileText {

    private static final int COMMAND = 1;
    private static final int TYPE_MASK = 0xf000;

    private static final FlagNames ACCESS = new FlagNames("O_???")
            .with("O_RDONLY", Descriptors.O_RDONLY)
            .with("O_WRONLY", Descriptors.O_WRONLY)
            .with("O_RDWR", Descriptors.O_RDWR)
            .with("O_ACCMODE", Descriptors.O_ACCMODE);

    private static final FlagNames OPEN = new FlagNames("O_???")
            .with("O_CREAT", Descriptors.O_CREAT)
            .with("O_EXCL", Descriptors.O_EXCL)
            .with("O_NOCTTY", 0x100)
            .with("O_TRUNC", 0x200)
            .with("O_APPEND", 0x400)
            .with("O_NONBLOCK", Descriptors.O_NONBLOCK)
            .with("O_SYNC", 0x101000)
            .with("O_DSYNC", 0x1000)
            .with("O_DIRECT", Descriptors.O_DIRECTORY == 0x4000 ? 0x10000 : 0x4000)
            .with("O_LARGEFILE", Descriptors.O_DIRECTORY == 0x4000 ? 0x20000 : 0x8000)
            .with("O_DIRECTORY", Descriptors.O_DIRECTORY)
            .with("O_NOFOLLOW", Descriptors.O_DIRECTORY == 0x4000 ? 0x8000 : 0x20000)
            .with("O_NOATIME", 0x40000)
            .with("O_CLOEXEC", Descriptors.O_CLOEXEC)
            .with("O_PATH", 0x200000);

    private static final FlagNames COMMANDS = new FlagNames("F_???")
            .with("F_DUPFD", 0)
            .with("F_GETFD", Descriptors.F_GETFD)
            .with("F_SETFD", Descriptors.F_SETFD)
            .with("F_GETFL", Descriptors.F_GETFL)
            .with("F_SETFL", Descriptors.F_SETFL)
            .with("F_DUPFD_CLOEXEC", Descriptors.F_DUPFD_CLOEXEC);

    private static final FlagNames CLOEXEC = new FlagNames("FD_???").with("FD_CLOEXEC", Descriptors.FD_CLOEXEC);

    private static final FlagNames AT = new FlagNames("AT_???")
            .with("AT_SYMLINK_NOFOLLOW", Descriptors.AT_SYMLINK_NOFOLLOW)
            .with("AT_REMOVEDIR", 0x200)
            .with("AT_NO_AUTOMOUNT", 0x800)
            .with("AT_EMPTY_PATH", Descriptors.AT_EMPTY_PATH);

    private static final FlagNames STATX = new FlagNames("STATX_???")
            .with("STATX_ALL", 0xfff)
            .with("STATX_BASIC_STATS", 0x7ff)
            .with("STATX_TYPE", 0x1)
            .with("STATX_MODE", 0x2)
            .with("STATX_NLINK", 0x4)
            .with("STATX_UID", 0x8)
            .with("STATX_GID", 0x10)
            .with("STATX_ATIME", 0x20)
            .with("STATX_MTIME", 0x40)
            .with("STATX_CTIME", 0x80)
            .with("STATX_INO", Descriptors.STATX_INO)
            .with("STATX_SIZE", 0x200)
            .with("STATX_BLOCKS", 0x400)
            .with("STATX_BTIME", 0x800)
            .with("STATX_MNT_ID", 0x1000);

    private static final FlagNames STATX_ATTRIBUTES = new FlagNames("STATX_ATTR_???")
            .with("STATX_ATTR_COMPRESSED", 0x4)
            .with("STATX_ATTR_IMMUTABLE", 0x10)
            .with("STATX_ATTR_APPEND", 0x20)
            .with("STATX_ATTR_NODUMP", 0x40)
            .with("STATX_ATTR_ENCRYPTED", 0x800)
            .with("STATX_ATTR_AUTOMOUNT", 0x1000)
            .with("STATX_ATTR_MOUNT_ROOT", 0x2000)
            .with("STATX_ATTR_VERITY", 0x100000)
            .with("STATX_ATTR_DAX", 0x200000);

    private static final FlagNames TYPES = new FlagNames("S_IFMT")
            .with("S_IFIFO", 0x1000)
            .with("S_IFCHR", 0x2000)
            .with("S_IFDIR", 0x4000)
            .with("S_IFBLK", 0x6000)
            .with("S_IFREG", 0x8000)
            .with("S_IFLNK", 0xa000)
            .with("S_IFSOCK", 0xc000);

    private static final FlagNames SPECIAL =
            new FlagNames("S_???").with("S_ISUID", 04000).with("S_ISGID", 02000).with("S_ISVTX", 01000);

    private static final FlagNames RESOURCES =
            new FlagNames("RLIMIT_???").with("RLIMIT_NOFILE", Descriptors.RLIMIT_NOFILE);

    private FileText() {}

    static Argument path(int index) {
        return Argument.in(index, (call, out) -> out.string(call.word(index)));
    }

    static Argument directory(int index) {
        return (call, out) ->
                out.add(call.number(index) == Descriptors.AT_FDCWD ? "AT_FDCWD" : String.valueOf(call.number(index)));
    }

    static Argument mode(int index) {
        return (call, out) -> out.add(modeText(call.number(index)));
    }

    private static String modeText(int mode) {
        return mode == 0 ? "000" : String.format(Locale.ROOT, "0%03o", mode);
    }

    /** Returns the bits of a mode as strace(1) prints those of a file: {@code S_ISUID|0711}. */
    private static String permissions(int mode) {
        int special = mode & 07000;
        return (special == 0 ? "" : SPECIAL.bits(special) + "|") + modeText(mode & 0777);
    }

    /** The flags of open, and its mode if it may create a file. */
    static Argument openFlags(int index) {
        return (call, out) -> {
            int flags = call.number(index);
            out.add(status(flags));
            if ((flags & Descriptors.O_CREAT) != 0) {
                out.add(", ").add(modeText(call.number(index + 1)));
            }
        };
    }

    static Argument pipeFlags(int index) {
        return (call, out) -> out.add(OPEN.bits(call.number(index)));
    }

    private static String status(int flags) {
        int others = flags & ~Descriptors.O_ACCMODE;
        return ACCESS.name(flags & Descriptors.O_ACCMODE) + (others == 0 ? "" : "|" + OPEN.bits(others));
    }

    static void command(Call call, Line out) {
        int command = call.number(COMMAND);
        out.add(COMMANDS.name(command));
        switch (command) {
            case Descriptors.F_GETFD, Descriptors.F_GETFL -> {}
            case Descriptors.F_SETFD -> out.add(", ").add(CLOEXEC.bits(call.number(2)));
            case Descriptors.F_SETFL -> out.add(", ").add(status(call.number(2)));
            default -> out.add(", ").add(call.number(2));
        }
    }

    /** Returns the result of fcntl, which has flags for two commands: {@code 0x802 (flags O_RDWR|O_NONBLOCK)}. */
    static String commandAnswer(Call call, long result) {
        int flags = (int) result;
        return switch (call.number(COMMAND)) {
            case Descriptors.F_GETFL -> "0x" + Integer.toHexString(flags) + " (flags " + status(flags) + ")";
            case Descriptors.F_GETFD ->
                flags == 0 ? "0" : "0x" + Integer.toHexString(flags) + " (flags " + CLOEXEC.bits(flags) + ")";
            default -> String.valueOf(result);
        };
    }

    /** The two descriptors of pipe2 and socketpair. */
    static Argument pair(int index) {
        return Argument.out(index, (call, out) -> {
            MemorySegment pair = call.memory(index, 2L * Integer.BYTES);
            out.array(2, i -> out.add(pair.getAtIndex(ValueLayout.JAVA_INT, i)));
        });
    }

    static Argument statxFlags(int index) {
        return (call, out) -> {
            int flags = call.number(index);
            int others = flags & ~0x6000;
            out.add((flags & 0x6000) == 0 ? "AT_STATX_SYNC_AS_STAT" : "0x" + Integer.toHexString(flags & 0x6000));
            out.add(others == 0 ? "" : "|" + AT.bits(others));
        };
    }

    static Argument statxMask(int index) {
        return (call, out) -> out.add(STATX.bits(Integer.toUnsignedLong(call.number(index))));
    }

    /** The fields of {@code struct statx} that strace(1) prints without its option -v. */
    static Argument statx(int index) {
        return Argument.out(index, (call, out) -> {
            MemorySegment statx = call.memory(index, 256);
            int mode = Short.toUnsignedInt(statx.get(ValueLayout.JAVA_SHORT, 28));
            out.add("{stx_mask=").add(STATX.bits(Integer.toUnsignedLong(statx.get(ValueLayout.JAVA_INT, 0))));
            out.add(", stx_attributes=").add(STATX_ATTRIBUTES.bits(statx.get(ValueLayout.JAVA_LONG, 8)));
            out.add(", stx_mode=").add(TYPES.name(mode & TYPE_MASK)).add("|").add(permissions(mode & ~TYPE_MASK));
            out.add(", stx_size=").add(statx.get(ValueLayout.JAVA_LONG, 40)).add(", ...}");
        });
    }

    /** The set of processors of sched_setaffinity: {@code [0 2]}. */
    static Argument processors(int index, int sizeIndex) {
        return Argument.in(index, (call, out) -> {
            MemorySegment mask = call.memory(index, call.word(sizeIndex));
            StringJoiner processors = new StringJoiner(" ", "[", "]");
            BitSet.valueOf(mask.toArray(ValueLayout.JAVA_BYTE)).stream()
                    .forEach(processor -> processors.add(String.valueOf(processor)));
            out.add(processors.toString());
        });
    }

    static Argument resource(int index) {
        return (call, out) -> out.add(RESOURCES.name(call.number(index)));
    }

    static Argument limit(int index) {
        return Argument.out(index, (call, out) -> {
            MemorySegment limit = call.memory(index, 2L * Long.BYTES);
            out.add("{rlim_cur=").add(limit(limit.get(ValueLayout.JAVA_LONG, 0)));
            out.add(", rlim_max=")
                    .add(limit(limit.get(ValueLayout.JAVA_LONG, Long.BYTES)))
                    .add("}");
        });
    }

    private static String limit(long limit) {
        if (limit == -1) {
            return "RLIM64_INFINITY";
        }
        return limit > 1024 && limit % 1024 == 0 ? limit / 1024 + "*1024" : Long.toUnsignedString(limit);
    }
}
