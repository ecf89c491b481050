package io.chagres.sys;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;
import static java.lang.foreign.ValueLayout.JAVA_SHORT;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * A program of classic BPF, {@code <linux/filter.h>}, that chooses the socket of an SO_REUSEPORT group by the processor
 * on which a connection arrives.
 *
 * <pre>{@code
 *   struct sock_filter { __u16 code; __u8 jt, jf; __u32 k; };              //  0, 2, 3, 4
 *   struct sock_fprog  { unsigned short len; struct sock_filter *filter; };  //  0, 8
 * }</pre>
 *
 * @see <a href="https://www.kernel.org/doc/html/latest/networking/filter.html">Linux Socket Filtering</a>
 * @see <a href="https://man7.org/linux/man-pages/man7/socket.7.html">socket(7): SO_ATTACH_REUSEPORT_CBPF</a>
 */
public final class SocketFilter {

    /** The size of {@code struct sock_fprog}. */
    public static final int FPROG_BYTES = 16;

    private static final int FILTER_BYTES = 8;

    private static final int BPF_LD_W_ABS = 0x20;
    private static final int BPF_JMP_JEQ_K = 0x15;
    private static final int BPF_ALU_MOD_K = 0x94;
    private static final int BPF_RET_K = 0x06;
    private static final int BPF_RET_A = 0x16;

    /** SKF_AD_OFF + SKF_AD_CPU: the number of the processor, in the place of an offset into the packet. */
    private static final int PROCESSOR = -0x1000 + 36;

    private final MemorySegment code;
    private int length;

    private SocketFilter(MemorySegment code) {
        this.code = code;
    }

    /**
     * setsockopt(2) with SO_ATTACH_REUSEPORT_CBPF: lets socket {@code i} of the group, in the order of their listen(2), get
     * the connections that arrive on processor {@code cpus[i]}. Those of other processors are spread over all sockets by
     * their number. EINVAL without SO_REUSEPORT.
     *
     * @param fd any socket of the group
     * @param cpus at most 2,000
     */
    public static int attachByProcessor(int fd, int... cpus) {
        try (Arena arena = Arena.ofConfined()) {
            SocketFilter program = new SocketFilter(arena.allocate((2L * cpus.length + 3) * FILTER_BYTES, 8));
            program.write(cpus);
            MemorySegment fprog = arena.allocate(FPROG_BYTES, 8);
            fprog.set(JAVA_SHORT, 0, (short) program.length);
            fprog.set(JAVA_LONG, 8, program.code.address());
            return Sockets.setsockopt(fd, Sockets.SOL_SOCKET, Sockets.SO_ATTACH_REUSEPORT_CBPF, fprog, FPROG_BYTES);
        }
    }

    /** Writes {@code ld cpu; mod #n; ret a}, and before the mod a test of each processor whose number is not its index. */
    private void write(int... cpus) {
        add(BPF_LD_W_ABS, 0, PROCESSOR);
        for (int i = 0; i < cpus.length; i++) {
            if (cpus[i] != i) {
                add(BPF_JMP_JEQ_K, 1, cpus[i]);
                add(BPF_RET_K, 0, i);
            }
        }
        add(BPF_ALU_MOD_K, 0, cpus.length);
        add(BPF_RET_A, 0, 0);
    }

    /** @param skipped the instructions that a test skips if it fails */
    private void add(int operation, int skipped, int k) {
        long at = (long) length++ * FILTER_BYTES;
        code.set(JAVA_SHORT, at, (short) operation);
        code.set(JAVA_BYTE, at + 3, (byte) skipped);
        code.set(JAVA_INT, at + 4, k);
    }
}
