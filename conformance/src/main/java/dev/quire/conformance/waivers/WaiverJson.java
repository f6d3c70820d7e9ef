package dev.quire.conformance.waivers;

import dev.quire.api.json.Json;
import dev.quire.api.types.Numerics;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Waivers as JSON: an array of objects with {@code device}, {@code case}, {@code reason}, {@code link}, {@code expires} (year-month-day), and, if
 * wanted, {@code driverFrom}, {@code driverTo} and {@code numerics}. In {@code device} and {@code case} a {@code *} stands for anything.
 */
public final class WaiverJson {
    private static final List<String> NEEDED = List.of("device", "case", "reason", "link", "expires");
    private static final List<String> OPTIONAL = List.of("driverFrom", "driverTo", "numerics");

    private WaiverJson() {}

    /**
     * Reads a waiver file.
     *
     * @throws IllegalArgumentException naming the file, the waiver and the member that is wrong
     */
    public static List<Waiver> read(Path file) throws IOException {
        try {
            return list(Json.parse(Files.readString(file)));
        } catch (NoSuchFileException e) {
            throw new IllegalArgumentException("there is no waiver file '%s'".formatted(file), e);
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("waiver file '%s': %s".formatted(file, e.getMessage()), e);
        }
    }

    /**
     * Waivers of an array.
     *
     * @throws IllegalArgumentException naming the waiver and the member that is wrong
     */
    public static List<Waiver> list(Json json) {
        if (!(json instanceof Json.JsonArray(List<Json> elements))) {
            throw new IllegalArgumentException("waivers are a JSON array of objects");
        }
        List<Waiver> waivers = new ArrayList<>();
        for (Json element : elements) {
            try {
                waivers.add(waiver(element));
            } catch (IllegalArgumentException e) {
                throw new IllegalArgumentException("waiver %d: %s".formatted(waivers.size() + 1, e.getMessage()), e);
            }
        }
        return List.copyOf(waivers);
    }

    /** The array that {@link #list} reads back. */
    public static Json json(List<Waiver> waivers) {
        return new Json.JsonArray(waivers.stream().map(WaiverJson::json).toList());
    }

    private static Json json(Waiver waiver) {
        Map<String, Json> members = new LinkedHashMap<>();
        put(members, "device", waiver.device().text());
        put(members, "driverFrom", waiver.drivers().from());
        put(members, "driverTo", waiver.drivers().to());
        waiver.numerics().ifPresent(mode -> put(members, "numerics", mode.name().toLowerCase(Locale.ROOT)));
        put(members, "case", waiver.cases().text());
        put(members, "reason", waiver.reason());
        put(members, "link", waiver.link());
        put(members, "expires", waiver.expires().toString());
        return new Json.JsonObject(members);
    }

    private static void put(Map<String, Json> members, String name, String value) {
        if (!value.isEmpty()) {
            members.put(name, new Json.JsonString(value));
        }
    }

    private static Waiver waiver(Json json) {
        if (!(json instanceof Json.JsonObject(Map<String, Json> members))) {
            throw new IllegalArgumentException("a waiver is an object with the members " + NEEDED);
        }
        Set<String> names = members.keySet();
        for (String name : NEEDED) {
            if (!names.contains(name)) {
                throw new IllegalArgumentException("'%s' is missing; needed: %s".formatted(name, NEEDED));
            }
        }
        for (String name : names) {
            if (!NEEDED.contains(name) && !OPTIONAL.contains(name)) {
                throw new IllegalArgumentException(
                        "unknown member '%s'; known: %s and %s".formatted(name, NEEDED, OPTIONAL));
            }
        }
        return new Waiver(
                new NamePattern(text(members, "device")),
                new DriverRange(text(members, "driverFrom"), text(members, "driverTo")),
                numerics(text(members, "numerics")),
                new NamePattern(text(members, "case")),
                text(members, "reason"),
                text(members, "link"),
                date(text(members, "expires")));
    }

    private static String text(Map<String, Json> members, String name) {
        return switch (members.get(name)) {
            case Json.JsonString(String value) -> value;
            case null -> "";
            case Json other ->
                throw new IllegalArgumentException("'%s' is %s; it must be a string".formatted(name, other.line()));
        };
    }

    private static Optional<Numerics> numerics(String text) {
        return switch (text) {
            case "" -> Optional.empty();
            case "fast" -> Optional.of(Numerics.FAST);
            case "reproducible" -> Optional.of(Numerics.REPRODUCIBLE);
            default ->
                throw new IllegalArgumentException("'numerics' is '%s'; choose fast or reproducible".formatted(text));
        };
    }

    private static LocalDate date(String text) {
        try {
            return LocalDate.parse(text);
        } catch (DateTimeException e) {
            throw new IllegalArgumentException(
                    "'expires' is '%s'; write a day as year-month-day, such as 2027-01-31".formatted(text), e);
        }
    }
}
