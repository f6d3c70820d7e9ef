package dev.quire.conformance.report;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** The files that a run leaves. */
public final class ReportFiles {
    /** The report itself, which {@code verify} rechecks. */
    public static final String JSON = "report.json";

    /** The same for eyes. */
    public static final String HTML = "report.html";

    /** The same for build servers. */
    public static final String XML = "TEST-conformance.xml";

    private ReportFiles() {}

    /** Writes all of them into an existing folder. */
    public static void write(ConformanceReport report, Path folder) throws IOException {
        Files.writeString(folder.resolve(JSON), ReportJson.json(report).text() + "\n");
        Files.writeString(folder.resolve(HTML), new ReportHtml(report).text());
        Files.writeString(folder.resolve(XML), new JUnitXml(report).text());
    }
}
