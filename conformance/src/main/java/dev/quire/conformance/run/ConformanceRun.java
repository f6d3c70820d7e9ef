package dev.quire.conformance.run;

import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.report.CaseResult;
import dev.quire.conformance.report.ConformanceReport;
import dev.quire.conformance.report.RunLog;
import dev.quire.conformance.report.Scope;
import dev.quire.conformance.report.Subject;
import dev.quire.conformance.report.WaiverCheck;
import dev.quire.conformance.waivers.Waiver;
import dev.quire.conformance.waivers.WaiverJson;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A whole run: cases in a JVM of their own, judged one by one. One thread uses it. */
public final class ConformanceRun implements AutoCloseable {
    private final RunOptions options;
    private final List<ConformanceCase> cases;
    private final List<Waiver> waivers;
    private final CaseSession session;
    private final Judge judge;
    private final Instant started = Instant.now();
    private final List<CaseResult> results = new ArrayList<>();
    private final List<RunLog.Entry> log = new ArrayList<>();

    /**
     * Opens the backend.
     *
     * @throws UsageException if options, waivers or the backend cannot be used, with the reason
     */
    public ConformanceRun(RunOptions options) throws IOException, InterruptedException {
        this.options = options;
        this.cases = CaseSelection.of(options);
        this.waivers = waivers(options.waivers());
        this.session = new CaseSession(options);
        WaiverCheck check = new WaiverCheck(session.subject(), options.scope(), waivers);
        this.judge = new Judge(options.profile(), check, LocalDate.ofInstant(started, ZoneOffset.UTC));
    }

    /** Runs every case; {@code each} hears of each result. */
    public static ConformanceReport run(RunOptions options, Consumer<CaseResult> each)
            throws IOException, InterruptedException {
        try (ConformanceRun run = new ConformanceRun(options)) {
            for (ConformanceCase one : run.cases()) {
                each.accept(run.run(one));
            }
            return run.report();
        }
    }

    /** The cases that were asked for, in their order. */
    public List<ConformanceCase> cases() {
        return cases;
    }

    /** What is under test. */
    public Subject subject() {
        return session.subject();
    }

    /** What was asked for. */
    public Scope scope() {
        return options.scope();
    }

    /** Runs one of {@link #cases()} and keeps its result for the report. */
    public CaseResult run(ConformanceCase one) throws InterruptedException {
        Ran ran = session.run(one.name());
        CaseResult result = judge.result(one, ran.verdict());
        results.add(result);
        log.add(ran.log());
        return result;
    }

    /** What has been found so far. */
    public ConformanceReport report() throws IOException {
        return new ConformanceReport(
                KitIdentity.own(),
                session.subject(),
                options.scope(),
                waivers,
                Pictures.of(results),
                new RunLog(started, log));
    }

    private static List<Waiver> waivers(Optional<Path> file) throws IOException {
        try {
            return file.isPresent() ? WaiverJson.read(file.get()) : List.of();
        } catch (IllegalArgumentException e) {
            throw new UsageException(e.getMessage(), e);
        }
    }

    @Override
    public void close() throws IOException {
        session.close();
    }
}
