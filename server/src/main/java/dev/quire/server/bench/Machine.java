package dev.quire.server.bench;

import dev.quire.server.Version;
import dev.quire.server.bench.report.Report.Fact;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/** What a report says of the machine and of what runs on it. */
public final class Machine {
    private Machine() {}

    /** Facts about this machine, this program and the contenders. */
    public static List<Fact> facts(List<Contender> contenders, int threads, String model) {
        List<Fact> facts = new ArrayList<>(facts());
        facts.add(new Fact("threads", String.valueOf(threads)));
        contenders.stream()
                .map(Contender::backend)
                .map(backend -> new Fact(
                        "backend " + backend.info().name(),
                        "%s: %s"
                                .formatted(
                                        backend.info().device().name(),
                                        backend.info().description())))
                .distinct()
                .forEach(facts::add);
        facts.add(new Fact("model", model));
        facts.add(new Fact(
                "numerics",
                contenders.stream()
                        .map(each -> each.numerics().label())
                        .distinct()
                        .collect(Collectors.joining(", "))));
        return facts;
    }

    /** Facts about this machine and this program. */
    public static List<Fact> facts() {
        return List.of(
                new Fact("quire", Version.current()),
                new Fact("date", LocalDate.now().toString()),
                new Fact("java", String.valueOf(Runtime.version())),
                new Fact("processors", String.valueOf(Runtime.getRuntime().availableProcessors())));
    }
}
