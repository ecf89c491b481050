package io.chagres.faults;

import static com.tngtech.archunit.thirdparty.org.objectweb.asm.Opcodes.ANEWARRAY;
import static com.tngtech.archunit.thirdparty.org.objectweb.asm.Opcodes.ASM9;
import static com.tngtech.archunit.thirdparty.org.objectweb.asm.Opcodes.INVOKESTATIC;
import static com.tngtech.archunit.thirdparty.org.objectweb.asm.Opcodes.NEW;
import static com.tngtech.archunit.thirdparty.org.objectweb.asm.Opcodes.NEWARRAY;

import com.tngtech.archunit.thirdparty.org.objectweb.asm.ClassReader;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.ClassVisitor;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.ClassWriter;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.Handle;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.MethodVisitor;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Set;

/**
 * Loads the house a second time, with a call of {@link Points#at} before each step that can fail with an Error. So the classes
 * outside of this loader have no trace of it.
 */
final class PointedLoader extends ClassLoader {

    private static final String ROOT = "io.chagres.";
    private static final Set<String> FLOORS = Set.of(
            "sys",
            "jfr",
            "loop",
            "trace",
            "handle",
            "address",
            "proxy",
            "socket",
            "stream",
            "framing",
            "net",
            "tls",
            "blocking",
            "group",
            "service");
    private static final String POINTS = Points.class.getName().replace('.', '/');

    /** Names of methods of the JDK that allocate memory or start a thread, in any class. */
    private static final Set<String> ALLOCATING = Set.of(
            "add",
            "addAll",
            "addFirst",
            "addLast",
            "offer",
            "put",
            "putIfAbsent",
            "computeIfAbsent",
            "copyOf",
            "allocate",
            "allocateDirect",
            "wrap",
            "slice",
            "asSlice",
            "duplicate",
            "asByteBuffer",
            "ofBuffer",
            "ofArray",
            "ofShared",
            "ofConfined",
            "of",
            "toList",
            "stream",
            "iterator",
            "start",
            "unstarted",
            "newThread");

    private final Set<String> unwoven;

    /** @param unwoven classes that stay as they are outside of this loader */
    PointedLoader(Set<String> unwoven) {
        super(PointedLoader.class.getClassLoader());
        this.unwoven = unwoven;
    }

    @Override
    protected Class<?> loadClass(String name, boolean resolve) throws ClassNotFoundException {
        if (!name.startsWith(ROOT) || unwoven.contains(name)) {
            return super.loadClass(name, resolve);
        }
        synchronized (getClassLoadingLock(name)) {
            Class<?> loaded = findLoadedClass(name);
            return loaded != null ? loaded : define(name);
        }
    }

    private Class<?> define(String name) throws ClassNotFoundException {
        try (InputStream file = getResourceAsStream(name.replace('.', '/') + ".class")) {
            if (file == null) {
                throw new ClassNotFoundException(name);
            }
            byte[] bytes = file.readAllBytes();
            byte[] code = isOfTheHouse(name) ? woven(bytes) : bytes;
            return defineClass(name, code, 0, code.length);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isOfTheHouse(String name) {
        String below = name.substring(ROOT.length());
        return below.indexOf('.') > 0 && FLOORS.contains(below.substring(0, below.indexOf('.')));
    }

    private static byte[] woven(byte[] code) {
        ClassReader reader = new ClassReader(code);
        ClassWriter writer = new ClassWriter(ClassWriter.COMPUTE_MAXS);
        reader.accept(new Weaver(writer, reader.getClassName()), 0);
        return writer.toByteArray();
    }

    private static final class Weaver extends ClassVisitor {

        private final String type;

        Weaver(ClassVisitor target, String type) {
            super(ASM9, target);
            this.type = type.substring(type.lastIndexOf('/') + 1);
        }

        /** A class whose initialization fails is lost, in any program: static parts run before anything fails. */
        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] exceptions) {
            MethodVisitor target = super.visitMethod(access, name, descriptor, signature, exceptions);
            return name.equals("<clinit>") ? target : new PointWriter(target, type + "." + name);
        }
    }

    private static final class PointWriter extends MethodVisitor {

        private final String method;
        private int line;

        PointWriter(MethodVisitor target, String method) {
            super(ASM9, target);
            this.method = method;
        }

        @Override
        public void visitLineNumber(int line, com.tngtech.archunit.thirdparty.org.objectweb.asm.Label start) {
            this.line = line;
            super.visitLineNumber(line, start);
        }

        private void point() {
            super.visitLdcInsn(method + ":" + line);
            super.visitMethodInsn(INVOKESTATIC, POINTS, "at", "(Ljava/lang/String;)V", false);
        }

        @Override
        public void visitTypeInsn(int opcode, String type) {
            super.visitTypeInsn(opcode, type);
            if (opcode == NEW || opcode == ANEWARRAY) {
                point(); // behind it, because frames name an instruction by the one before
            }
        }

        @Override
        public void visitIntInsn(int opcode, int operand) {
            if (opcode == NEWARRAY) {
                point();
            }
            super.visitIntInsn(opcode, operand);
        }

        @Override
        public void visitInvokeDynamicInsn(String name, String descriptor, Handle bootstrap, Object... arguments) {
            if (!descriptor.startsWith("()")) { // a lambda that captures nothing is made once
                point();
            }
            super.visitInvokeDynamicInsn(name, descriptor, bootstrap, arguments);
        }

        @Override
        public void visitMethodInsn(int opcode, String owner, String name, String descriptor, boolean isInterface) {
            if (owner.startsWith("java/") && ALLOCATING.contains(name)) {
                point();
            }
            super.visitMethodInsn(opcode, owner, name, descriptor, isInterface);
        }
    }
}
