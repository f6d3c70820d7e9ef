package dev.quire.conformance.report;

import static dev.quire.conformance.report.Reports.report;
import static dev.quire.conformance.report.Reports.scope;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.types.Numerics;
import java.io.StringReader;
import java.util.List;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.xml.sax.InputSource;

class MarkupTest {
    private static final String HOSTILE = "\"'><script>alert(1)</script>&\u0000\ud800";

    @Test
    void everyTextOfAReportIsEscaped() throws Exception {
        double[] errors = {0, 0.2, 2, Double.NaN};
        Verdict bad = Verdict.fail(2, HOSTILE).with(ErrorMap.of(HOSTILE, 2, errors));
        Verdict good = Verdict.pass(0.5).with(ErrorMap.of(HOSTILE, 2, new double[] {0, 0.5}));
        ConformanceReport report = report(
                new Scope(Profile.MODEL, Numerics.FAST, Level.C3, 7, List.of(HOSTILE), List.of(HOSTILE), HOSTILE),
                List.of(Reports.waiver("Add/*" + HOSTILE, Reports.DAY)),
                List.of(
                        new CaseResult(HOSTILE + "/a", Level.C1, List.of(HOSTILE), bad),
                        new CaseResult(HOSTILE + "/b", Level.C1, List.of(HOSTILE), good),
                        new CaseResult(HOSTILE + "/c", Level.C1, List.of(), Verdict.unsupported(HOSTILE)),
                        new CaseResult(HOSTILE + "/d", Level.C1, List.of(), Verdict.error(HOSTILE))));
        String html = new ReportHtml(report).text();
        assertFalse(html.contains("<script>"), html);
        assertTrue(html.contains("<svg class=\"map\"") && html.contains("class=\"u6\""), html);
        String xml = new JUnitXml(report).text();
        String name = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(xml)))
                .getElementsByTagName("testcase")
                .item(0)
                .getAttributes()
                .getNamedItem("name")
                .getNodeValue();
        assertEquals("\"'><script>alert(1)</script>&\ufffd\ufffd/a", name);
    }

    @Test
    void elementsThatShareACellGiveItTheirWorst() {
        double[] errors = new double[100 * 96];
        errors[99 * 96 + 95] = 3;
        errors[1] = 0.5;
        ErrorMap map = ErrorMap.of("out", 96, errors);
        assertEquals(48, map.rows());
        assertEquals(48, map.columns());
        assertEquals(0.5, map.used()[0]);
        assertEquals(3, map.used()[48 * 48 - 1]);
        assertEquals(3, map.worst());
    }

    @Test
    void aReportIsReadBackAsItWasWritten() {
        ConformanceReport report = report(
                scope(Numerics.REPRODUCIBLE, "--quick"),
                List.of(Reports.waiver("Add/*", Reports.DAY)),
                List.of(
                        Reports.result("Add/a", Level.C1, Outcome.PASS),
                        new CaseResult(
                                "Add/b",
                                Level.C2,
                                List.of("N1", "A2"),
                                Verdict.fail(Double.POSITIVE_INFINITY, "off"))));
        assertEquals(report, ReportJson.read(ReportJson.json(report)));
    }
}
