package dev.quire.server.cli;

import dev.quire.server.bench.report.HtmlReport;
import dev.quire.server.bench.report.JsonReport;
import dev.quire.server.bench.report.Report;
import dev.quire.server.bench.report.TextReport;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Where a benchmark's report goes. */
final class BenchOutput {
    @Option(names = "--json", paramLabel = "FILE", description = "Write the report as JSON, too.")
    private Optional<Path> json = Optional.empty();

    @Option(names = "--html", paramLabel = "FILE", description = "Write the report as a page with plots, too.")
    private Optional<Path> html = Optional.empty();

    void write(Report report, PrintWriter out) throws IOException {
        out.print(TextReport.of(report));
        out.flush();
        if (json.isPresent()) {
            Files.writeString(json.get(), JsonReport.of(report));
        }
        if (html.isPresent()) {
            Files.writeString(html.get(), HtmlReport.of(report));
        }
    }
}
