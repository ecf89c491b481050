package io.chagres.compare.machine;

import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The memory of the kernel, of the whole machine.
 *
 * @param slabBytes the memory of its objects: sockets, files, entries of epoll
 * @param mappedBytes the memory that is allocated by vmalloc, such as large tables of descriptors
 * @param bufferBytes the memory of the data in TCP's sockets
 * @param listedBytes the part of the slab memory that any program adds which lists the descriptors of processes: an inode and an entry
 *     below /proc for each descriptor; 0 if the user may not read it
 * @param caches the bytes of each kind of object; empty if the user may not read them
 */
public record KernelMemory(
        long slabBytes, long mappedBytes, long bufferBytes, long listedBytes, Map<String, Long> caches) {

    private static final long KIBIBYTE = 1024;
    private static final long PAGE = 4096;
    private static final int HEAD_LINES = 2;
    private static final String LISTED = "proc_inode_cache";
    private static final String ENTRY = "dentry";

    /** A kind of objects: the third and fourth word of a line of /proc/slabinfo. */
    private record Kind(long objects, long size) {
        private static final int OBJECTS = 2;
        private static final int SIZE = 3;

        static Kind of(String[] words) {
            return new Kind(Long.parseLong(words[OBJECTS]), Long.parseLong(words[SIZE]));
        }
    }

    /** Reads it. */
    public static KernelMemory now() {
        Map<String, Kind> kinds = readKinds();
        Map<String, Long> caches = new HashMap<>();
        kinds.forEach((name, kind) -> caches.put(name, kind.objects * kind.size));
        Kind listed = kinds.getOrDefault(LISTED, new Kind(0, 0));
        long entrySize = kinds.getOrDefault(ENTRY, new Kind(0, 0)).size;
        return new KernelMemory(
                ProcFile.kibibytes("/proc/meminfo", "Slab") * KIBIBYTE,
                ProcFile.kibibytes("/proc/meminfo", "VmallocUsed") * KIBIBYTE,
                readBuffers(),
                listed.objects * (listed.size + entrySize),
                caches);
    }

    /** The line {@code TCP: inuse 12 orphan 0 tw 1 alloc 35 mem 3}, with pages. */
    private static long readBuffers() {
        String[] words =
                ProcFile.field("/proc/net/sockstat", "TCP").orElseThrow().split(" ");
        return Long.parseLong(words[words.length - 1]) * PAGE;
    }

    private static Map<String, Kind> readKinds() {
        Map<String, Kind> kinds = new HashMap<>();
        try {
            ProcFile.lines("/proc/slabinfo").stream()
                    .skip(HEAD_LINES)
                    .map(line -> line.split(" +"))
                    .forEach(words -> kinds.put(words[0], Kind.of(words)));
        } catch (UncheckedIOException notAllowed) {
            return Map.of();
        }
        return kinds;
    }

    /** Returns the growth since {@code before} in all, without that of {@link #listedBytes}. */
    public long since(KernelMemory before) {
        return sum() - before.sum();
    }

    private long sum() {
        return slabBytes - listedBytes + mappedBytes + bufferBytes;
    }

    /** Returns the kinds of objects that have grown most since {@code before}, in words: {@code TCP 2,432, filp 512}, by each of {@code count}. */
    public String kindsSince(KernelMemory before, int kinds, long count) {
        List<String> words = new ArrayList<>();
        caches.keySet().stream()
                .filter(kind -> !kind.equals(LISTED))
                .sorted(Comparator.comparing((String kind) -> -grown(before, kind)))
                .limit(kinds)
                .forEach(kind -> words.add(String.format(Locale.ROOT, "%s %,d", kind, grown(before, kind) / count)));
        return String.join(", ", words);
    }

    private long grown(KernelMemory before, String kind) {
        return caches.get(kind) - before.caches.getOrDefault(kind, 0L);
    }
}
