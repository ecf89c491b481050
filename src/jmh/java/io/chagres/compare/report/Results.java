package io.chagres.compare.report;

import static java.util.stream.Collectors.joining;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * The results of a run.
 *
 * @param machine the facts about the machine
 * @param command the arguments with which the run can be repeated
 * @param servers the descriptions of the contestants, by name
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
            .disableHtmlEscaping()
            .serializeSpecialFloatingPointValues()
            .create();

    /** Writes the results as JSON, with one round, one standing and one entry a line, so that they can be searched by line. */
    public void write(Path file) throws IOException {
        Files.writeString(file, entries(JSON.toJsonTree(this).getAsJsonObject(), Results::lines) + '\n');
    }

    private static String lines(JsonElement value) {
        if (value.isJsonObject()) {
            return entries(value.getAsJsonObject(), JSON::toJson);
        }
        return value.isJsonArray()
                ? value.getAsJsonArray().asList().stream().map(JSON::toJson).collect(joining(",\n", "[\n", "\n]"))
                : JSON.toJson(value);
    }

    private static String entries(JsonObject object, Function<JsonElement, String> format) {
        return object.entrySet().stream()
                .map(entry -> JSON.toJson(entry.getKey()) + ": " + format.apply(entry.getValue()))
                .collect(joining(",\n", "{\n", "\n}"));
    }

    Optional<Standing> standing(String load) {
        return standings.stream()
                .filter(standing -> standing.load().equals(load))
                .findFirst();
    }
}
