package dev.quire.server.cli;

import dev.quire.core.llm.Llm;
import dev.quire.core.text.SpecialTokens;
import dev.quire.server.bench.Machine;
import dev.quire.server.bench.report.Report;
import dev.quire.server.bench.report.Report.Fact;
import dev.quire.server.bench.streams.StreamsBench;
import dev.quire.server.bench.streams.StreamsReport;
import dev.quire.server.bench.streams.StreamsRound;
import dev.quire.server.bench.trace.Trace;
import dev.quire.server.options.QuireOptions;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Measures what the server's streams cost beside the engine alone. */
@Command(
        name = "streams",
        description = {
            "Runs a trace, all requests at once, through the engine and as streams of the server over the same engine, in turns,",
            "and prints what HTTP, text and JSON cost. The client is a thread of this process; its share is printed."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example: quire bench streams --trace alpaca --num-prompts 64"})
final class BenchStreamsCommand extends OptionsCommand {
    @Mixin
    private BenchTrace trace;

    @Mixin
    private BenchOutput output;

    @Option(
            names = "--rounds",
            defaultValue = "5",
            paramLabel = "N",
            description = "How often each way runs everything, after one round to warm up. Default: ${DEFAULT-VALUE}.")
    private int rounds;

    BenchStreamsCommand(Map<String, String> environment) {
        super(environment, ENGINE);
    }

    @Override
    public Integer call() throws IOException {
        QuireOptions options = options();
        int processors = Runtime.getRuntime().availableProcessors();
        try (Llm llm = launcher(options).load(report())) {
            Trace requests = trace.trace(
                    llm.info().model().vocabSize(),
                    llm.info().maxModelLen(),
                    text -> llm.tokenizer().encode(text, SpecialTokens.ADD));
            try (StreamsBench bench = new StreamsBench(llm, options, requests, this::say)) {
                List<StreamsRound> all = bench.run(rounds);
                output.write(
                        new Report(
                                "streams",
                                facts(options, llm, requests),
                                List.of(StreamsReport.table(requests, all, processors)),
                                StreamsReport.plots(requests, all)),
                        out());
            }
        }
        return 0;
    }

    private static List<Fact> facts(QuireOptions options, Llm llm, Trace requests) {
        List<Fact> facts = new ArrayList<>(Machine.facts());
        facts.add(new Fact("threads", String.valueOf(threads(options))));
        facts.add(new Fact("backend", llm.info().backend().description()));
        facts.add(new Fact("model", options.model().servedNames().getFirst()));
        facts.add(new Fact("trace", requests.name()));
        facts.add(new Fact(
                "tokens",
                "%d requests, %d prompt tokens, %d output tokens"
                        .formatted(requests.requests().size(), requests.promptTokens(), requests.outputTokens())));
        return facts;
    }

    private void say(String what) {
        err().println(what);
        err().flush();
    }
}
