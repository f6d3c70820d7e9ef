package dev.quire.server.cli;

import dev.quire.api.memory.CacheGroup;
import dev.quire.core.llm.Backends;
import dev.quire.core.llm.Explanation;
import dev.quire.core.llm.Llm;
import dev.quire.server.options.QuireOptions;
import java.io.PrintWriter;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Prints a model's program and who runs each op. */
@Command(
        name = "explain",
        description = {
            "Prints the program of a model, and who runs each op.",
            "Layers that do the same are written once. Loads no weights."
        },
        mixinStandardHelpOptions = true)
final class ExplainCommand extends OptionsCommand {
    @Option(names = "--all", description = "Print every layer.")
    private boolean all;

    ExplainCommand(Map<String, String> environment) {
        super(environment, MODEL, CACHED);
    }

    @Override
    public Integer call() {
        QuireOptions options = options();
        Explanation explained = Llm.explain(found(options), Backends.onClassPath());
        PrintWriter out = out();
        out.printf(
                "%s: %d layers of width %d, %d tokens in the vocabulary, up to %d in a sequence%n",
                explained.model().architecture(),
                explained.model().layers(),
                explained.model().hiddenSize(),
                explained.model().vocabSize(),
                explained.maxModelLen());
        explained.cache().groups().forEach(group -> out.println(line(group)));
        String backend = explained.backend().name();
        out.printf(
                "on %s: %s; %s numerics%n%nforward%n",
                backend,
                explained.backend().description(),
                options.device().numerics().label());
        out.print(new ProgramPage(explained.forward(), backend, all).text());
        out.printf("%nsampling%n");
        out.print(new ProgramPage(explained.sampling(), backend, all).text());
        out.flush();
        return 0;
    }

    private static String line(CacheGroup group) {
        return switch (group) {
            case CacheGroup.PagedKv kv ->
                "KV cache of %s: %d bytes a token, blocks of %d tokens"
                        .formatted(kv.dtype(), kv.blockBytes() / kv.blockSize(), kv.blockSize());
        };
    }
}
