package dev.quire.conformance.run;

import dev.quire.conformance.report.RunLog;
import dev.quire.conformance.report.Subject;
import dev.quire.conformance.report.Verdict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * Runs cases one after another in a JVM of their own, and in a new one after each that crashes or hangs. A backend that is lost in {@value #MOST_LOST}
 * cases in a row is not tried again. One thread uses it.
 */
final class CaseSession implements AutoCloseable {
    private static final int MOST_LOST = 10;

    private final RunOptions options;
    private final TemporaryFolder folder;
    private final Path cache;
    private final Subject subject;
    private Optional<CaseProcess> process = Optional.empty();
    private int processes;
    private int lostInARow;

    /**
     * Starts the first JVM and opens the backend there.
     *
     * @throws UsageException if it cannot be opened, with the reason
     */
    CaseSession(RunOptions options) throws IOException, InterruptedException {
        this.options = options;
        this.folder = TemporaryFolder.create();
        this.cache = Files.createDirectory(folder.path().resolve("cache"));
        try {
            subject = start();
        } catch (LostException e) {
            close();
            throw new UsageException(
                    "backend '%s' cannot be opened: %s%n%s"
                            .formatted(
                                    options.backend(),
                                    e.getMessage(),
                                    e.output().indent(4)),
                    e);
        } catch (UsageException e) {
            close();
            throw e;
        }
    }

    /** What is under test. */
    Subject subject() {
        return subject;
    }

    /** Runs a case; a crash or a hang is its verdict. */
    Ran run(String name) throws InterruptedException {
        if (lostInARow >= MOST_LOST) {
            String why = "not run: the backend's JVM was lost in the %d cases before".formatted(MOST_LOST);
            return new Ran(Verdict.error(why), new RunLog.Entry(Duration.ZERO, ""));
        }
        long from = System.nanoTime();
        Verdict verdict;
        String output = "";
        try {
            if (process.isEmpty()) {
                start();
            }
            verdict = process.orElseThrow().run(name, options.caseLimit());
            lostInARow = 0;
        } catch (LostException e) {
            stop();
            lostInARow++;
            verdict = Verdict.error(e.getMessage());
            output = e.output();
        } catch (IOException e) {
            throw new UncheckedIOException("no JVM could be started for case '%s'".formatted(name), e);
        }
        return new Ran(verdict, new RunLog.Entry(Duration.ofNanos(System.nanoTime() - from), output));
    }

    private Subject start() throws IOException, LostException, InterruptedException {
        Path own = Files.createDirectory(folder.path().resolve(String.valueOf(++processes)));
        CaseProcess started = CaseProcess.start(options, own, cache);
        process = Optional.of(started);
        return started.subject();
    }

    private void stop() {
        if (process.isPresent()) {
            process.get().close();
            process = Optional.empty();
        }
    }

    @Override
    public void close() throws IOException {
        stop();
        folder.close();
    }
}
