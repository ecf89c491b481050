package io.chagres.sys;

import java.io.IOException;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.ValueLayout;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Links all functions of this package, and prints the call shapes that the JVM has made for them, a line each, as native-image wants them
 * to be written. The first argument is the folder of the package's class files.
 */
final class LinkedShapes {

    /** The packages of the JDK whose fields this program reads. */
    static final String[] OPTIONS = {
        "--add-opens=java.base/jdk.internal.foreign.abi=ALL-UNNAMED",
        "--add-opens=java.base/jdk.internal.foreign=ALL-UNNAMED"
    };

    private static final Map<ValueLayout, String> NAMES =
            Map.of(ValueLayout.JAVA_LONG, "jlong", ValueLayout.ADDRESS, "void*");

    private LinkedShapes() {}

    public static void main(String[] args) throws ReflectiveOperationException, IOException {
        try (Stream<Path> files = Files.list(Path.of(args[0]))) {
            for (String file : files.map(path -> path.getFileName().toString()).toList()) {
                if (file.endsWith(".class") && !file.equals("package-info.class")) {
                    Class.forName("io.chagres.sys." + file.replace(".class", ""));
                }
            }
        }
        for (Object request : requests()) {
            System.out.println(line((FunctionDescriptor) read(request, "descriptor"), read(request, "options")));
        }
    }

    /** Returns what the linker of the JDK has made a handle for. It keeps the handles, one a shape. */
    private static Iterable<?> requests() throws ReflectiveOperationException {
        Object cache = field(Class.forName("jdk.internal.foreign.abi.AbstractLinker"), "DOWNCALL_CACHE")
                .get(Linker.nativeLinker());
        return ((Map<?, ?>) field(cache.getClass(), "cache").get(cache)).keySet();
    }

    private static String line(FunctionDescriptor shape, Object linked) throws ReflectiveOperationException {
        List<String> options = new ArrayList<>();
        if ((boolean) read(linked, "hasCapturedCallState")) {
            options.add("\"captureCallState\": true");
        }
        if ((boolean) read(linked, "isCritical")) {
            options.add("\"critical\": { \"allowHeapAccess\": " + read(linked, "allowsHeapAccess") + " }");
        }
        if ((boolean) read(linked, "isVariadicFunction")) {
            options.add("\"firstVariadicArg\": " + read(linked, "firstVariadicArgIndex"));
        }
        String parameters = shape.argumentLayouts().stream()
                .map(layout -> '"' + NAMES.get(layout) + '"')
                .collect(Collectors.joining(", "));
        return "{ \"returnType\": \"" + NAMES.get(shape.returnLayout().orElseThrow()) + "\", \"parameterTypes\": ["
                + parameters + "], \"options\": { " + String.join(", ", options) + " } }";
    }

    private static Object read(Object object, String method) throws ReflectiveOperationException {
        Method found = object.getClass().getDeclaredMethod(method);
        found.setAccessible(true);
        return found.invoke(object);
    }

    private static Field field(Class<?> type, String name) throws ReflectiveOperationException {
        Field field = type.getDeclaredField(name);
        field.setAccessible(true);
        return field;
    }
}
