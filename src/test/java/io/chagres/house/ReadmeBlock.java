package io.chagres.house;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.partitioningBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * One fenced Java block of a Markdown text, and the file that makes it compile. A block with a type of its own is a file
 * already. Methods are put into a class, statements into a class and a method.
 *
 * @param line the number of the first line of code, counted from 1
 */
record ReadmeBlock(int line, List<String> code) {
    private static final Pattern TYPE =
            Pattern.compile("((public|final|abstract|sealed) )*(class|interface|record|enum) (\\w+)");
    private static final Pattern METHOD =
            Pattern.compile("(?!new |return |else )[\\w<>?\\[\\], ]+ \\w+\\([^()]*\\)[\\w ,]*\\{");
    private static final List<String> JAVA_PACKAGES = List.of(
            "java.io",
            "java.nio",
            "java.nio.charset",
            "java.nio.file",
            "java.time",
            "java.util",
            "java.util.concurrent",
            "java.util.function");

    static List<ReadmeBlock> of(List<String> markdown) {
        List<ReadmeBlock> blocks = new ArrayList<>();
        for (int at = 0; at < markdown.size(); at++) {
            boolean isMarked = at > 0 && markdown.get(at - 1).matches("<!-- (code|not compiled).*");
            if (markdown.get(at).strip().equals("```java") && !isMarked) {
                int start = at + 1;
                do at++;
                while (!markdown.get(at).strip().equals("```"));
                String code = String.join("\n", markdown.subList(start, at)).stripIndent();
                blocks.add(new ReadmeBlock(start + 1, code.lines().toList()));
            }
        }
        return blocks;
    }

    String className() {
        return first(TYPE).map(type -> type.group(4)).findFirst().orElse("Block");
    }

    String source() {
        if (first(TYPE).findAny().isPresent()) {
            return imports().isEmpty() ? defaultImports() + text(code) : text(code);
        }
        boolean hasMethods = first(METHOD).findAny().isPresent();
        return text(imports()) + (imports().isEmpty() ? defaultImports() : javaImports())
                + "abstract class Block {\n"
                // fields, so that the fragment may declare variables with the same names
                + "io.chagres.loop.Loop loop, other; io.chagres.group.LoopGroup group; String path;\n"
                + "io.chagres.net.Server server; io.chagres.net.Socket socket, client;\n"
                + "java.util.Optional<io.chagres.service.Takeover> old;\n"
                + (hasMethods ? text(body()) : "void block() throws Exception {\n" + text(body()) + "}\n")
                + "}\n";
    }

    private Stream<Matcher> first(Pattern pattern) {
        return code.stream().map(pattern::matcher).filter(Matcher::lookingAt).limit(1);
    }

    private List<String> imports() {
        return split().get(true);
    }

    private List<String> body() {
        return split().get(false);
    }

    private Map<Boolean, List<String>> split() {
        return code.stream().collect(partitioningBy(line -> line.startsWith("import ")));
    }

    private static String text(List<String> lines) {
        return lines.stream().map(line -> line + "\n").collect(joining());
    }

    private static String javaImports() {
        return JAVA_PACKAGES.stream().map(name -> "import " + name + ".*;\n").collect(joining());
    }

    /** One import for each public type, since {@code io.chagres.handle.*} and {@code java.util.*} both have a Timer. */
    private static String defaultImports() {
        return javaImports()
                + Stream.concat(
                                Stream.of(Floor.BASE),
                                Stream.of(Floor.values())
                                        .filter(floor -> floor != Floor.SYS)
                                        .map(Floor::packageName))
                        .flatMap(ReadmeBlock::publicTypes)
                        .map(name -> "import " + name + ";\n")
                        .collect(joining());
    }

    private static Stream<String> publicTypes(String packageName) {
        Path folder = Path.of("target/classes", packageName.split("\\."));
        try (Stream<Path> files = Files.list(folder)) {
            return files
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.matches("[A-Z]\\w*\\.class"))
                    .map(name -> packageName + "." + name.replace(".class", ""))
                    .filter(ReadmeBlock::isPublic)
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static boolean isPublic(String className) {
        try {
            return Modifier.isPublic(Class.forName(className, false, ReadmeBlock.class.getClassLoader())
                    .getModifiers());
        } catch (ClassNotFoundException e) {
            throw new AssertionError(e);
        }
    }
}
