package io.chagres.net;

import static com.tngtech.archunit.thirdparty.org.objectweb.asm.Opcodes.ARETURN;
import static com.tngtech.archunit.thirdparty.org.objectweb.asm.Opcodes.ASM9;
import static com.tngtech.archunit.thirdparty.org.objectweb.asm.Opcodes.DUP;
import static com.tngtech.archunit.thirdparty.org.objectweb.asm.Opcodes.INVOKESTATIC;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.tngtech.archunit.thirdparty.org.objectweb.asm.ClassReader;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.ClassVisitor;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.ClassWriter;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.MethodVisitor;
import io.chagres.fixture.HangGuard;
import io.chagres.loop.Loop;
import java.io.IOException;
import java.io.InputStream;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * An address is parsed where a person wrote it, once, and nowhere else. The parsers are found in the class files: each one that returns
 * an address reports it here.
 */
@ExtendWith(HangGuard.class)
class AddressParsesTest {

    /** The classes with a method {@code parse} that turns text into the bytes of an address. */
    private static final Set<String> PARSERS = Set.of("io.chagres.address.Ip", "io.chagres.address.LenientIPv4");

    /** Receives what the parsers return. */
    public static final class Reports {

        private static final List<String> PARSED = new ArrayList<>();

        private Reports() {}

        public static void parsed(byte[] address) {
            if (address != null) {
                PARSED.add(address.length + " bytes");
            }
        }
    }

    /** Runs in classes whose parsers report: connects to a host, and ends. */
    public static final class Program implements BiConsumer<String, Integer> {
        @Override
        public void accept(String host, Integer port) {
            try (Loop loop = new Loop()) {
                Socket socket = Net.connect(loop, port, host);
                socket.onConnect(socket::destroy);
                loop.run();
            }
        }
    }

    /** Loads the library a second time, with parsers that report to the test. */
    private static final class ReportingLoader extends ClassLoader {

        ReportingLoader() {
            super(AddressParsesTest.class.getClassLoader());
        }

        @Override
        protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
            if (!name.startsWith("io.chagres.") || name.equals(Reports.class.getName())) {
                return super.loadClass(name, resolve);
            }
            synchronized (getClassLoadingLock(name)) {
                Class<?> loaded = findLoadedClass(name);
                return loaded != null ? loaded : define(name);
            }
        }

        private Class<?> define(String name) throws ClassNotFoundException {
            try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
                byte[] code = file.readAllBytes();
                byte[] woven = PARSERS.contains(name) ? woven(code) : code;
                return defineClass(name, woven, 0, woven.length);
            } catch (IOException e) {
                throw new ClassNotFoundException(name, e);
            }
        }

        private static byte[] woven(byte[] code) {
            ClassReader reader = new ClassReader(code);
            ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
            int[] parsers = new int[1];
            reader.accept(
                    new ClassVisitor(ASM9, writer) {
                        @Override
                        public MethodVisitor visitMethod(
                                int access, String name, String descriptor, String signature, String[] thrown) {
                            MethodVisitor target = super.visitMethod(access, name, descriptor, signature, thrown);
                            boolean parses = name.equals("parse") && descriptor.equals("(Ljava/lang/String;)[B");
                            parsers[0] += parses ? 1 : 0;
                            return parses ? new Reporter(target) : target;
                        }
                    },
                    0);
            assertEquals(1, parsers[0], "methods that parse in " + reader.getClassName());
            return writer.toByteArray();
        }
    }

    private static final class Reporter extends MethodVisitor {

        Reporter(MethodVisitor target) {
            super(ASM9, target);
        }

        @Override
        public void visitInsn(int opcode) {
            if (opcode == ARETURN) {
                super.visitInsn(DUP);
                String reports = Reports.class.getName().replace('.', '/');
                super.visitMethodInsn(INVOKESTATIC, reports, "parsed", "([B)V", false);
            }
            super.visitInsn(opcode);
        }
    }

    @SuppressWarnings("unchecked")
    private static List<String> parsesOfAConnectTo(String host) throws Exception {
        Reports.PARSED.clear();
        try (ServerSocket listener = new ServerSocket(0)) {
            Class<?> program = new ReportingLoader().loadClass(Program.class.getName());
            var connect = (BiConsumer<String, Integer>) program.getConstructor().newInstance();
            connect.accept(host, listener.getLocalPort());
            listener.setSoTimeout(10_000);
            listener.accept().close();
        }
        return List.copyOf(Reports.PARSED);
    }

    @Test
    void aLiteralIPv6AddressIsParsedOnce() throws Exception {
        assumeTrue(Files.exists(Path.of("/proc/net/if_inet6")), "skipped: this kernel has no IPv6");
        assertEquals(List.of("16 bytes"), parsesOfAConnectTo("::1"));
    }

    @Test
    void aLiteralIPv4AddressIsParsedOnce() throws Exception {
        assertEquals(List.of("4 bytes"), parsesOfAConnectTo("127.0.0.1"));
    }

    @Test
    void anAddressThatWasLookedUpIsNeverParsed() throws Exception {
        assertEquals(List.of(), parsesOfAConnectTo("localhost"));
    }
}
