package io.chagres.trace;

import java.io.File;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.LocalTime;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * The trace of the property {@code chagres.trace}: to standard error, standard output or a file. Its initialiser starts it. The package
 * description says what the values mean.
 */
final class PropertyTrace {

    private static final String PROPERTY = "chagres.trace";
    private static final String SOURCES = "chagres.trace.sources";
    private static final String CATEGORIES = "chagres.trace.categories";

    /** The word that adds a time stamp and the duration to each line. */
    private static final String TIME = "time";

    private static final List<String> PICTURES = List.of(".html", ".json", ".mmd");

    private final OutputStream target;
    private final boolean times;
    private final LocalTime startTime = LocalTime.now();
    private final long startNanos = System.nanoTime();

    private PropertyTrace(OutputStream target, boolean times) {
        this.target = target;
        this.times = times;
    }

    static {
        begin(System.getProperty(PROPERTY, ""), System.getProperty(CATEGORIES));
    }

    private static void begin(String value, @Nullable String categories) {
        try {
            List<String> words =
                    categories == null ? List.of("net", "epoll", "data", TIME) : List.of(categories.split(","));
            TraceOptions options = TraceOptions.defaults().categories(parse(words));
            if (PICTURES.stream().anyMatch(value::endsWith)) {
                picture(Path.of(value), options);
            } else {
                PropertyTrace lines = new PropertyTrace(open(value), words.contains(TIME));
                Trace.start(options.lines(false), lines::print);
            }
        } catch (IOException | IllegalArgumentException bad) {
            System.err.println(PROPERTY + ": " + bad.getMessage() + "; there is no trace");
        }
    }

    private static Category[] parse(List<String> words) {
        return words.stream()
                .map(String::strip)
                .filter(word -> !word.equals(TIME))
                .map(PropertyTrace::category)
                .toArray(Category[]::new);
    }

    private static Category category(String word) {
        for (Category category : Category.values()) {
            if (category.toString().equals(word)) {
                return category;
            }
        }
        throw new IllegalArgumentException(
                CATEGORIES + " may have net, epoll, data and time, separated by commas, and not \"" + word + '"');
    }

    private static OutputStream open(String value) throws IOException {
        return switch (value) {
            case "" -> throw new IllegalArgumentException("the value must be stderr, stdout or the name of a file");
            case "stderr" -> System.err;
            case "stdout" -> System.out;
            default -> new FileOutputStream(value);
        };
    }

    private void print(TraceEvent event) {
        String line = switch (event) {
            case SystemCall call when !times -> EventText.head(call.place(), call.owner()) + call.text();
            case SystemCall call -> time(call.startNanos()) + call;
            case Note note -> (times ? time(note.startNanos()) : "") + note;
            case CallbackRun callback -> "";
        };
        if (!line.isEmpty()) {
            write(line.concat("\n").getBytes(StandardCharsets.UTF_8));
        }
    }

    /** Returns a time of day as strace(1) prints it with its option -tt. */
    private String time(long nanos) {
        LocalTime time = startTime.plusNanos(nanos - startNanos).truncatedTo(ChronoUnit.MICROS);
        return String.format(Locale.ROOT, "%tT.%06d ", time, time.getNano() / 1000);
    }

    private synchronized void write(byte[] line) {
        try {
            target.write(line);
        } catch (IOException full) {
            // the program goes on without its trace
        }
    }

    /** Collects the events, and writes the picture when the JVM ends. */
    private static void picture(Path file, TraceOptions options) {
        Recording recording = new Recording(file.getFileName().toString());
        for (String folder : System.getProperty(SOURCES, "").split(File.pathSeparator)) {
            recording.addSources(Path.of(folder));
        }
        Trace trace = Trace.start(options.socketStates(true), recording);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> {
            trace.close();
            writePicture(file, recording);
        }));
    }

    private static void writePicture(Path file, Recording recording) {
        try {
            recording.write(file);
        } catch (IOException refused) {
            System.err.println(PROPERTY + ": no picture: " + refused);
        }
    }
}
