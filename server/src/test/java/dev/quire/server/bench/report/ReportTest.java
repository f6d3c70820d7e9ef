package dev.quire.server.bench.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.vertx.core.json.JsonObject;
import java.util.List;
import org.junit.jupiter.api.Test;

class ReportTest {
    private static final Table TABLE = Table.of(
                    "steps",
                    "steps & more",
                    Column.text("step", "step"),
                    Column.millis("seconds", "ms"),
                    Column.percent("share", "of limit %"))
            .with("decode <1>", 0.0123456, 0.5)
            .with("prefill", 2, Double.NaN);
    private static final Report REPORT = new Report(
            "steps",
            List.of(new Report.Fact("machine", "one \"fast\" <box>")),
            List.of(TABLE),
            List.of(
                    new Plot.Bars("bars", "ms", List.of(new Plot.Bar("a & b", 1), new Plot.Bar("none", 0))),
                    new Plot.Lines(
                            "lines", "rate", "ms", List.of(new Plot.Line("p50", List.of(new Plot.Point(0, 0)))))));

    @Test
    void peopleSeeScaledFiguresInColumns() {
        String[] lines = TextReport.of(REPORT).split("\n");
        assertEquals("machine  one \"fast\" <box>", lines[0]);
        assertEquals("steps & more", lines[2]);
        assertEquals("step              ms  of limit %", lines[3]);
        assertEquals("decode <1>    12.346        50.0", lines[4]);
        assertEquals("prefill     2000.000           -", lines[5]);
    }

    @Test
    void programsSeeFiguresAsTheyAreAndNullForNone() {
        JsonObject json = new JsonObject(JsonReport.of(REPORT));
        assertEquals("steps", json.getString("mode"));
        assertEquals("one \"fast\" <box>", json.getJsonObject("facts").getString("machine"));
        assertEquals(2, json.getJsonArray("steps").size());
        assertEquals(0.0123456, json.getJsonArray("steps").getJsonObject(0).getDouble("seconds"));
        assertTrue(json.getJsonArray("steps").getJsonObject(1).containsKey("share"));
        assertEquals(null, json.getJsonArray("steps").getJsonObject(1).getValue("share"));
    }

    @Test
    void thePageNeedsNothingElseAndEscapesWhatItShows() {
        String page = HtmlReport.of(REPORT);
        assertTrue(page.contains("decode &lt;1&gt;") && page.contains("a &amp; b"), page);
        assertEquals(2, page.split("<svg ", -1).length - 1);
        for (String external : List.of("http://", "https://", "src=", "href=", "@import", "url(", "<script")) {
            assertFalse(page.contains(external), external);
        }
        assertFalse(page.contains("NaN") || page.contains("Infinity"), page);
    }

    @Test
    void aRowOfAnotherLengthIsRefused() {
        assertThrows(IllegalArgumentException.class, () -> TABLE.with("alone"));
    }
}
