package dev.quire.conformance.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.conformance.report.ConformanceReport;
import dev.quire.conformance.report.ReportFiles;
import dev.quire.conformance.run.MoodyProvider.Mood;
import java.io.StringReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.LocalDate;
import java.time.ZoneOffset;
import javax.xml.parsers.DocumentBuilderFactory;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.w3c.dom.Document;
import org.xml.sax.InputSource;

/** The files of real runs. */
class ReportFilesTest {
    private static final String FEW = "S*/plain/*";

    @TempDir
    Path folder;

    @Test
    void twoRunsGiveTheSameFilesButForTimes() throws Exception {
        Path one = written("one", ConformanceRunTest.run(Mood.WRONG, FEW));
        Path other = written("other", ConformanceRunTest.run(Mood.WRONG, FEW));
        assertEquals(json(one), json(other));
        assertEquals(html(one), html(other));
        assertEquals(xml(one), xml(other));
    }

    @Test
    void aRunsReportIsTrustedAndItsPageNamesTheFailureAndHowToRepeatIt() throws Exception {
        Path out = written("out", ConformanceRunTest.run(Mood.WRONG, FEW));
        LocalDate today = LocalDate.now(ZoneOffset.UTC);
        assertTrue(ReportVerifier.verify(Files.readString(out.resolve(ReportFiles.JSON)), today)
                .problems()
                .isEmpty());
        String html = Files.readString(out.resolve(ReportFiles.HTML));
        assertTrue(html.contains("moody: Not certified"), html);
        assertTrue(html.contains("--seed 4711 --quick --only &#39;Scale/plain/width=33&#39;"), html);
        Document document = DocumentBuilderFactory.newInstance()
                .newDocumentBuilder()
                .parse(new InputSource(new StringReader(Files.readString(out.resolve(ReportFiles.XML)))));
        assertTrue(document.getElementsByTagName("failure").getLength() > 0);
    }

    @Test
    void whatABackendSaysIsEscaped() throws Exception {
        Path out = written("out", ConformanceRunTest.run(Mood.REFUSES, FEW));
        String html = Files.readString(out.resolve(ReportFiles.HTML));
        assertTrue(html.contains("no &lt;scales&gt; today") && !html.contains("<scales>"), html);
        assertTrue(Files.readString(out.resolve(ReportFiles.XML)).contains("no &lt;scales&gt; today"));
    }

    private Path written(String name, ConformanceReport report) throws Exception {
        Path out = Files.createDirectory(folder.resolve(name));
        ReportFiles.write(report, out);
        return out;
    }

    private static String json(Path out) throws Exception {
        String text = Files.readString(out.resolve(ReportFiles.JSON));
        return text.substring(0, text.indexOf("\n  \"run\": {"));
    }

    private static String html(Path out) throws Exception {
        return Files.readString(out.resolve(ReportFiles.HTML)).replaceAll("<footer>.*</footer>", "");
    }

    private static String xml(Path out) throws Exception {
        return Files.readString(out.resolve(ReportFiles.XML)).replaceAll(" time=\"[0-9.]*\"", "");
    }
}
