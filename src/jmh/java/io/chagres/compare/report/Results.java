package io.chagres.compare.report;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All that is known after a run.
 *
 * @param machine what it ran on
 * @param command the arguments with which it can be repeated
 * @param servers the contestants in words, by name
 * @param rounds the raw figures
 */
public record Results(
        Map<String, String> machine,
        String command,
        Map<String, String> servers,
        List<Standing> standings,
        List<Absence> absences,
        List<Round> rounds) {

    private static final Gson JSON = new GsonBuilder()
            .setPrettyPrinting()
            .disableHtmlEscaping()
            .serializeSpecialFloatingPointValues()
            .create();

    public void write(Path file) throws IOException {
        Files.writeString(file, JSON.toJson(this) + '\n');
    }

    Optional<Standing> standing(String load) {
        return standings.stream()
                .filter(standing -> standing.load().equals(load))
                .findFirst();
    }
}
