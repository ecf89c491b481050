package io.chagres.house;

import static com.tngtech.archunit.thirdparty.org.objectweb.asm.Opcodes.ASM9;
import static com.tngtech.archunit.thirdparty.org.objectweb.asm.Opcodes.CHECKCAST;
import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.tngtech.archunit.thirdparty.org.objectweb.asm.ClassReader;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.ClassVisitor;
import com.tngtech.archunit.thirdparty.org.objectweb.asm.MethodVisitor;
import io.chagres.fixture.HangGuard;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The shape of the compiled classes: how deep they inherit, and that no class casts to a subclass of its own. */
@ExtendWith(HangGuard.class)
class ClassShapeTest {

    private static final int MAX_DEPTH = 4;
    private static final Map<String, ClassReader> MAIN = read(Path.of("target/classes"));

    private static Map<String, ClassReader> read(Path root) {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(file -> file.toString().endsWith(".class"))
                    .map(ClassShapeTest::reader)
                    .collect(toMap(ClassReader::getClassName, reader -> reader));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static ClassReader reader(Path file) {
        try {
            return new ClassReader(Files.readAllBytes(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The classes of this library that {@code name} extends, from its parent up. */
    private static List<String> parents(String name) {
        List<String> parents = new ArrayList<>();
        String parent = MAIN.get(name).getSuperName();
        while (MAIN.containsKey(parent)) {
            parents.add(parent);
            parent = MAIN.get(parent).getSuperName();
        }
        return parents;
    }

    @Test
    void noClassIsMoreThanFourExtendsDeep() {
        assertFalse(MAIN.isEmpty(), "no class was found");
        assertEquals(
                List.of(),
                MAIN.keySet().stream()
                        .filter(name -> parents(name).size() > MAX_DEPTH)
                        .map(name -> name + " > " + String.join(" > ", parents(name)))
                        .sorted()
                        .toList());
    }

    @Test
    void noClassCastsToASubclassOfItsOwn() {
        TreeSet<String> casts = new TreeSet<>();
        MAIN.values().forEach(reader -> reader.accept(new Casts(reader.getClassName(), casts), ClassReader.SKIP_DEBUG));
        assertEquals(new TreeSet<>(), casts);
    }

    /** Collects the casts of a class to its subclasses. Patterns of instanceof and of switch are casts too. */
    private static final class Casts extends ClassVisitor {

        private final String type;
        private final TreeSet<String> casts;

        Casts(String type, TreeSet<String> casts) {
            super(ASM9);
            this.type = type;
            this.casts = casts;
        }

        @Override
        public MethodVisitor visitMethod(
                int access, String name, String descriptor, String signature, String[] thrown) {
            return new MethodVisitor(ASM9) {
                @Override
                public void visitTypeInsn(int opcode, String target) {
                    if (opcode == CHECKCAST
                            && MAIN.containsKey(target)
                            && parents(target).contains(type)) {
                        casts.add(type + "." + name + " casts to " + target);
                    }
                }
            };
        }
    }
}
