package io.chagres.sys;

import static java.util.stream.Collectors.toCollection;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.chagres.fixture.HangGuard;
import io.chagres.fixture.Program;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * musl, the C library of Alpine Linux, has every function that is needed. There is no JVM on musl here that could run the tests, so
 * its file is read: elf(5).
 */
@ExtendWith(HangGuard.class)
class MuslTest {

    /** The package "musl" of Debian and of Alpine, or musl as {@code make check-platforms} unpacks it. */
    private static final Path[] PLACES = {Path.of("/lib"), Path.of("target/platforms/musl/root/usr/lib")};

    /** Functions that have a substitute where they are missing: epoll_wait, strerror, ENOSYS (musl has statx since 1.2.4). */
    private static final Set<String> OPTIONAL = Set.of("epoll_pwait2", "strerrordesc_np", "statx");

    /** Functions that tests link. */
    private static final Set<String> OF_TESTS = Set.of("abs", "labs");

    private static final int SECTION_OF_DYNAMIC_SYMBOLS = 11; // SHT_DYNSYM
    private static final int SYMBOL_BYTES = 24;

    @Test
    void muslHasEachFunctionThatHasNoSubstitute() throws Exception {
        Set<String> symbols = symbols(musl());
        assertTrue(symbols.contains("malloc"), "no symbol table");
        Faults.linkAll();
        Set<String> missing = LinkedFunctions.all().stream()
                .map(function -> function.name)
                .filter(name -> !symbols.contains(name) && !OF_TESTS.contains(name) && !OPTIONAL.contains(name))
                .collect(toCollection(TreeSet::new));
        assertEquals(Set.of(), missing);
        assertTrue(symbols.contains("strerror"));
    }

    /** Returns whether this musl is 1.2.4 or newer. */
    static boolean hasStatx() throws IOException {
        return symbols(musl()).contains("statx");
    }

    private static Path musl() throws IOException {
        for (Path place : PLACES) {
            try (Stream<Path> files = Files.isDirectory(place) ? Files.list(place) : Stream.empty()) {
                Path found = files.filter(file -> file.getFileName().toString().startsWith("ld-musl-"))
                        .findAny()
                        .orElse(null);
                if (found != null) {
                    return found;
                }
            }
        }
        Program.require("musl-gcc");
        throw new AssertionError("musl-gcc is installed, and musl is not in /lib");
    }

    /** Returns the names in the dynamic symbol table of a 64-bit little-endian ELF file that the file defines. */
    private static Set<String> symbols(Path file) throws IOException {
        ByteBuffer elf = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        Set<String> names = new TreeSet<>();
        int sections = (int) elf.getLong(40); // e_shoff
        int bytes = elf.getShort(58); // e_shentsize
        for (int i = 0; i < elf.getShort(60); i++) { // e_shnum
            int section = sections + i * bytes;
            if (elf.getInt(section + 4) == SECTION_OF_DYNAMIC_SYMBOLS) {
                int texts = (int) elf.getLong(sections + elf.getInt(section + 40) * bytes + 24); // sh_link, sh_offset
                int from = (int) elf.getLong(section + 24);
                addDefined(elf, from, from + (int) elf.getLong(section + 32), texts, names);
            }
        }
        return names;
    }

    private static void addDefined(ByteBuffer elf, int from, int to, int texts, Set<String> names) {
        for (int symbol = from; symbol < to; symbol += SYMBOL_BYTES) {
            if (elf.getShort(symbol + 6) != 0) { // st_shndx: 0 is undefined
                names.add(text(elf, texts + elf.getInt(symbol)));
            }
        }
    }

    private static String text(ByteBuffer elf, int at) {
        int end = at;
        while (elf.get(end) != 0) {
            end++;
        }
        return new String(elf.array(), at, end - at, StandardCharsets.US_ASCII);
    }
}
