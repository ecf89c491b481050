package io.chagres.house;

import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.joining;

import java.io.IOException;
import java.lang.reflect.Executable;
import java.lang.reflect.Field;
import java.lang.reflect.Member;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The signatures for users: each public type of an exported package, with its public and protected members. Members of parents that are
 * not public, or not exported, are listed with the type. The list is checked in as docs/api.txt, so that a change of the API is a line
 * in a review.
 */
final class PublicSignatures {

    static final Path FILE = Path.of("docs/api.txt");

    private static final Set<String> MEMBERS_OF_EVERY_OBJECT = Set.of("toString", "equals", "hashCode");
    private static final Set<String> MEMBERS_OF_EVERY_ENUM = Set.of("values", "valueOf");

    private static final Set<Class<?>> EXPORTED = Set.copyOf(PublicApi.types());

    private PublicSignatures() {}

    /** Rewrites the checked-in list. */
    public static void main(String[] args) throws IOException {
        Files.write(FILE, list());
    }

    static List<String> list() {
        List<String> lines = new ArrayList<>();
        new TreeMap<>(PublicApi.types().stream().collect(groupingBy(Class::getPackageName))).forEach((name, types) -> {
            lines.add(name);
            types.stream().sorted(Comparator.comparing(Class::getName)).forEach(type -> add(lines, type));
        });
        return lines;
    }

    private static void add(List<String> lines, Class<?> type) {
        lines.add("  " + shortened(type.toGenericString()) + parents(type));
        members(type).map(member -> "    " + member).sorted().forEach(lines::add);
    }

    private static String parents(Class<?> type) {
        Type parent = type.getGenericSuperclass();
        boolean isImplied = parent == null || parent == Object.class || type.isEnum() || type.isRecord();
        String interfaces = Arrays.stream(type.getGenericInterfaces())
                .map(Type::getTypeName)
                .map(PublicSignatures::shortened)
                .collect(joining(", "));
        return (isImplied ? "" : " extends " + shortened(parent.getTypeName()))
                + (interfaces.isEmpty() ? "" : (type.isInterface() ? " extends " : " implements ") + interfaces);
    }

    private static Stream<String> members(Class<?> type) {
        Stream<Field> fields = withHiddenParents(type).flatMap(parent -> Arrays.stream(parent.getDeclaredFields()));
        Stream<? extends Executable> constructors = Arrays.stream(type.getDeclaredConstructors());
        return Stream.of(fields, constructors, methods(type))
                .flatMap(members -> members)
                .filter(member ->
                        isVisible(member, type) && !(type.isEnum() && MEMBERS_OF_EVERY_ENUM.contains(member.getName())))
                .map(PublicSignatures::text);
    }

    /** Returns the methods of {@code type}, and those that it inherits from hidden parents and does not override. */
    private static Stream<Method> methods(Class<?> type) {
        Map<String, Method> methods = new LinkedHashMap<>();
        withHiddenParents(type)
                .flatMap(parent -> Arrays.stream(parent.getDeclaredMethods()))
                .filter(method -> !method.isBridge() && !MEMBERS_OF_EVERY_OBJECT.contains(method.getName()))
                .forEach(method ->
                        methods.putIfAbsent(method.getName() + Arrays.toString(method.getParameterTypes()), method));
        return methods.values().stream();
    }

    /**
     * Returns {@code type} and, nearest first, those of its parents that a user cannot see: their members are members of
     * {@code type} for the user.
     */
    private static Stream<Class<?>> withHiddenParents(Class<?> type) {
        Set<Class<?>> types = new LinkedHashSet<>();
        collect(type, types);
        return types.stream();
    }

    private static void collect(Class<?> type, Set<Class<?>> types) {
        types.add(type);
        Stream.concat(Stream.ofNullable(type.getSuperclass()), Arrays.stream(type.getInterfaces()))
                .filter(PublicSignatures::isHidden)
                .forEach(parent -> collect(parent, types));
    }

    private static boolean isHidden(Class<?> type) {
        return type.getPackageName().startsWith(Floor.BASE) && !EXPORTED.contains(type);
    }

    /** A protected member of a final class is visible to no user. */
    private static boolean isVisible(Member member, Class<?> type) {
        boolean isInherited = Modifier.isProtected(member.getModifiers()) && !Modifier.isFinal(type.getModifiers());
        return (Modifier.isPublic(member.getModifiers()) || isInherited) && !member.isSynthetic();
    }

    private static String text(Member member) {
        String all = member instanceof Field field ? field.toGenericString() : ((Executable) member).toGenericString();
        Class<?> type = member.getDeclaringClass();
        return shortened(all.replace(type.getTypeName() + ".", "")
                .replace(type.getTypeName() + "(", type.getSimpleName() + "("));
    }

    /** Returns the name of a type without its package. */
    private static String shortened(String signature) {
        return signature
                .replaceAll("\\b[a-z][a-z0-9_]*(\\.[a-z][a-z0-9_]*)*\\.(?=[A-Z])", "")
                .replace('$', '.')
                .replaceAll("\\babstract (static )?interface\\b", "$1interface");
    }
}
