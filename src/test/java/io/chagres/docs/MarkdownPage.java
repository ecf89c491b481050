package io.chagres.docs;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A Markdown page. A block of code that was produced has a mark on the line before it, an HTML comment:
 *
 * <pre>{@code
 *   <!-- code examples/EchoServer.java#serve -->     a declaration of a source file, or without # the whole file
 *   <!-- trace Connect -->                           the system calls of examples/course/Connect.java
 *   <!-- prints Connect -->                          what that program prints
 *   <!-- diagram Connect -->                         its sequence diagram
 * }</pre>
 */
record MarkdownPage(Path file, List<String> lines) {

    /** A mark: its kind, and what it names. */
    record Mark(String kind, String subject) {}

    /** A link, with the number of its line from 1. */
    record Link(int line, String text, String target) {}

    private static final Pattern MARK = Pattern.compile("<!-- (code|trace|prints|diagram) (\\S+) -->");
    private static final Pattern LINK = Pattern.compile("(!?\\[(?:[^\\]\\[]|\\[[^\\]]*\\])*\\])\\(([^)\\s]+)\\)");
    private static final Pattern HEADING = Pattern.compile("(#+) +(.*?) *");

    static MarkdownPage read(Path file) {
        try {
            return new MarkdownPage(file, Files.readAllLines(file));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    String text() {
        return String.join("\n", lines) + "\n";
    }

    /** Returns the marks, in order. */
    List<Mark> marks() {
        List<Mark> marks = new ArrayList<>();
        for (String line : lines) {
            Matcher mark = MARK.matcher(line);
            if (mark.matches()) {
                marks.add(new Mark(mark.group(1), mark.group(2)));
            }
        }
        return marks;
    }

    /** Returns the levels of the headings, in order, such as {@code ##}. */
    List<String> outline() {
        return outsideOfCode().stream()
                .map(line -> HEADING.matcher(lines.get(line)))
                .filter(Matcher::matches)
                .map(heading -> heading.group(1))
                .toList();
    }

    /** Returns the anchors that hosts make of the headings. */
    Set<String> anchors() {
        Set<String> anchors = new LinkedHashSet<>();
        for (int line : outsideOfCode()) {
            Matcher heading = HEADING.matcher(lines.get(line));
            if (heading.matches()) {
                String plain = heading.group(2).toLowerCase(Locale.ROOT).replaceAll("[^\\p{L}\\p{N}\\- _]", "");
                anchors.add(plain.replace(' ', '-'));
            }
        }
        return anchors;
    }

    List<Link> links() {
        List<Link> links = new ArrayList<>();
        for (int line : outsideOfCode()) {
            Matcher link = LINK.matcher(lines.get(line));
            while (link.find()) {
                links.add(new Link(line + 1, link.group(1), link.group(2)));
            }
        }
        return links;
    }

    private List<Integer> outsideOfCode() {
        List<Integer> outside = new ArrayList<>();
        boolean inCode = false;
        for (int line = 0; line < lines.size(); line++) {
            boolean fence = lines.get(line).strip().startsWith("```");
            inCode ^= fence;
            if (!inCode && !fence) {
                outside.add(line);
            }
        }
        return outside;
    }

    /** Returns this page with each marked block replaced by what {@code produce} returns for its mark. */
    MarkdownPage withBlocks(Function<Mark, String> produce) {
        List<String> out = new ArrayList<>();
        for (int at = 0; at < lines.size(); at++) {
            out.add(lines.get(at));
            Matcher mark = MARK.matcher(lines.get(at));
            if (!mark.matches()) {
                continue;
            }
            Mark found = new Mark(mark.group(1), mark.group(2));
            int end = at + 1;
            if (end < lines.size() && lines.get(end).startsWith("```")) {
                do end++;
                while (!lines.get(end).equals("```"));
                at = end;
            }
            out.add("```" + language(found.kind()));
            produce.apply(found).lines().forEach(out::add);
            out.add("```");
        }
        return new MarkdownPage(file, out);
    }

    private static String language(String kind) {
        return switch (kind) {
            case "code" -> "java";
            case "diagram" -> "mermaid";
            default -> "text";
        };
    }

    /** Returns this page with each link replaced by what {@code target} returns for its text and its target. */
    MarkdownPage withLinks(BiFunction<String, String, String> target) {
        List<String> out = new ArrayList<>(lines);
        for (int line : outsideOfCode()) {
            out.set(
                    line,
                    LINK.matcher(lines.get(line))
                            .replaceAll(link -> Matcher.quoteReplacement(
                                    link.group(1) + "(" + target.apply(link.group(1), link.group(2)) + ")")));
        }
        return new MarkdownPage(file, out);
    }
}
