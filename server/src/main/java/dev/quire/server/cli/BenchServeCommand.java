package dev.quire.server.cli;

import dev.quire.server.bench.Machine;
import dev.quire.server.bench.http.CompletionClient;
import dev.quire.server.bench.http.Goodput;
import dev.quire.server.bench.http.Load;
import dev.quire.server.bench.http.LoadBench;
import dev.quire.server.bench.http.LoadReport;
import dev.quire.server.bench.report.Report;
import dev.quire.server.bench.report.Report.Fact;
import dev.quire.server.bench.trace.Trace;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Measures a running server as its clients see it. */
@Command(
        name = "serve",
        description = {
            "Sends a trace to a server that speaks OpenAI's API, Quire or another, with Poisson arrivals at given rates, and",
            "prints time to first token, time per output token, inter-token and end-to-end latency."
        },
        mixinStandardHelpOptions = true,
        footer = {"", "Example: quire bench serve --request-rate 1,2,4,inf --goodput ttft:500,tpot:50"})
final class BenchServeCommand implements Callable<Integer> {
    private static final int WARM_UP = 2;

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--url",
            defaultValue = "http://localhost:8000",
            paramLabel = "URL",
            description = "Where the server listens. Default: ${DEFAULT-VALUE}.")
    private URI url;

    @Option(names = "--api-key", paramLabel = "KEY", description = "Sent as a bearer token.")
    private Optional<String> apiKey = Optional.empty();

    @Option(
            names = "--model",
            paramLabel = "NAME",
            description = "The model to ask for. Default: the first that the server lists.")
    private Optional<String> model = Optional.empty();

    @Option(
            names = "--request-rate",
            split = ",",
            defaultValue = "inf",
            paramLabel = "X",
            description = "Requests per second, one run for each; inf for all at once. Default: ${DEFAULT-VALUE}.")
    private List<String> rates;

    @Option(
            names = "--max-concurrency",
            defaultValue = "256",
            paramLabel = "N",
            description = "Requests under way at once. Default: ${DEFAULT-VALUE}.")
    private int maxConcurrency;

    @Option(
            names = "--goodput",
            paramLabel = "LIMITS",
            description =
                    "Count requests that keep limits in milliseconds, such as ttft:500,tpot:50,itl:200,e2el:10000.")
    private Optional<String> goodput = Optional.empty();

    @Option(
            names = "--vocab-size",
            defaultValue = "1000",
            paramLabel = "N",
            description = "Made prompts have token ids below this. Default: ${DEFAULT-VALUE}.")
    private int vocabulary;

    @Option(
            names = "--max-model-len",
            defaultValue = "2048",
            paramLabel = "N",
            description = "Longest sequence that the server takes. Default: ${DEFAULT-VALUE}.")
    private int maxModelLen;

    @Mixin
    private BenchTrace trace;

    @Mixin
    private BenchOutput output;

    @Override
    public Integer call() throws IOException, InterruptedException {
        Optional<Goodput> limits = goodput.map(Goodput::parse);
        List<Double> offered = rates.stream().map(BenchServeCommand::rate).toList();
        Trace requests = trace.trace(vocabulary, maxModelLen, text -> {
            throw new IllegalArgumentException("the load has no tokenizer; give prompts as token ids");
        });
        try (CompletionClient client = new CompletionClient(url, apiKey)) {
            String name = model.isPresent() ? model.get() : client.firstModel();
            LoadBench bench = new LoadBench(client, name, maxConcurrency, 0);
            say("warming up");
            List<Load> loads = new ArrayList<>();
            bench.run(
                    new Trace(
                            "warm-up",
                            requests.requests().stream().limit(WARM_UP).toList()),
                    Double.POSITIVE_INFINITY);
            for (double rate : offered) {
                say("%s requests at %s a second".formatted(requests.requests().size(), rate));
                loads.add(bench.run(requests, rate));
            }
            LoadReport report = new LoadReport(loads, limits);
            output.write(
                    new Report("serve", facts(name, requests, loads), report.tables(), report.plots()),
                    spec.commandLine().getOut());
        }
        return 0;
    }

    private List<Fact> facts(String name, Trace requests, List<Load> loads) {
        List<Fact> facts = new ArrayList<>(Machine.facts());
        facts.add(new Fact("server", url.toString()));
        facts.add(new Fact("model", name));
        facts.add(new Fact("trace", requests.name()));
        facts.add(new Fact(
                "tokens",
                "%d requests, %d prompt tokens, %d output tokens"
                        .formatted(requests.requests().size(), requests.promptTokens(), requests.outputTokens())));
        loads.stream()
                .flatMap(load -> load.failures().stream())
                .findFirst()
                .ifPresent(failure -> facts.add(new Fact("first failure", failure)));
        return facts;
    }

    private static double rate(String text) {
        try {
            return text.strip().equalsIgnoreCase("inf") ? Double.POSITIVE_INFINITY : Double.parseDouble(text);
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(
                    "--request-rate has '%s'; give numbers greater than 0, or inf".formatted(text), e);
        }
    }

    private void say(String what) {
        PrintWriter err = spec.commandLine().getErr();
        err.println(what);
        err.flush();
    }
}
