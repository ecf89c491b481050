package io.chagres.address;

import io.chagres.sys.Memory;
import io.chagres.sys.SockAddr;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.Warmup;

/** An address in the form of the kernel, and as text. */
@State(Scope.Thread)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
public class AddressBenchmark {

    @Param({"192.168.100.200", "2001:db8::8a2e:370:7334"})
    public String address;

    private final MemorySegment memory = Memory.allocate(SockAddr.SIZE);
    private SocketAddress parsed;

    @Setup
    public void write() {
        parsed = new SocketAddress(address, 9297);
        toKernel();
    }

    @Benchmark
    public int toKernel() {
        return SockAddr.putIp(memory, parsed.ip(), parsed.port(), parsed.scopeId());
    }

    @Benchmark
    public SocketAddress fromKernel() {
        return SocketAddress.of(SockAddr.ip(memory), SockAddr.scopeId(memory), SockAddr.port(memory));
    }

    @Benchmark
    public String text() {
        return SocketAddress.of(SockAddr.ip(memory), 0, 0).address();
    }

    @Benchmark
    public SocketAddress parse() {
        return new SocketAddress(address, 9297);
    }

    @Benchmark
    public int isIP() {
        return Ip.version(address);
    }
}
