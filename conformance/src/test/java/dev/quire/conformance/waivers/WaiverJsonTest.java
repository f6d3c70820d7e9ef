package dev.quire.conformance.waivers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.json.Json;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class WaiverJsonTest {
    private static final String GOOD = """
            [{"device": "Beads*", "driverFrom": "9.9", "numerics": "fast", "case": "Attend/*", "reason": "sticks",
              "link": "https://example.org/1", "expires": "2031-05-06"}]""";

    @TempDir
    Path folder;

    @Test
    void whatIsWrittenIsReadBack() throws Exception {
        List<Waiver> waivers = read(GOOD);
        assertEquals(LocalDate.of(2031, 5, 6), waivers.getFirst().expires());
        assertEquals(
                waivers, WaiverJson.list(Json.parse(WaiverJson.json(waivers).text())));
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "\"sticks\" | \"\" | needs a reason and a link",
                "\"reason\" | \"raison\" | 'reason' is missing; needed: [device",
                "\"driverFrom\" | \"driver\" | unknown member 'driver'; known: [device",
                "2031-05-06 | 2031-13-06 | 'expires' is '2031-13-06'; write a day as year-month-day",
                "\"fast\" | \"quick\" | 'numerics' is 'quick'; choose fast or reproducible",
                "\"9.9\" | 9.9 | 'driverFrom' is 9.9; it must be a string",
                "\"9.9\" | \"new\" | 'new' is no driver version"
            })
    void aFaultIsNamedWithFileAndWaiver(String part, String other, String message) {
        String said = assertThrows(IllegalArgumentException.class, () -> read(GOOD.replace(part, other)))
                .getMessage();
        assertTrue(said.startsWith("waiver file '%s': waiver 1: ".formatted(folder.resolve("waivers.json"))), said);
        assertTrue(said.contains(message), said);
    }

    @Test
    void driversCompareNumberByNumber() {
        DriverRange range = new DriverRange("9.9", "10.2");
        assertTrue(range.holds("9.10"));
        assertTrue(range.holds("10.2.0"));
        assertTrue(range.holds("9.9"));
        assertFalse(range.holds("10.2.1"));
        assertFalse(range.holds("9.8.99"));
        assertFalse(range.holds(""));
        assertTrue(DriverRange.ALL.holds(""));
        assertThrows(IllegalArgumentException.class, () -> new DriverRange("2", "1"));
    }

    @Test
    void onlyTheStarIsSpecialInAPattern() {
        assertTrue(new NamePattern("a.[b]*(c)").matches("a.[b]xyz(c)"));
        assertFalse(new NamePattern("a.[b]").matches("axb"));
        assertFalse(new NamePattern("a").matches("aa"));
    }

    private List<Waiver> read(String text) throws Exception {
        return WaiverJson.read(Files.writeString(folder.resolve("waivers.json"), text));
    }
}
