package dev.quire.conformance.golden;

import dev.quire.api.AttentionBackend;
import dev.quire.api.memory.Buffer;
import dev.quire.conformance.cases.CaseContext;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.definition.KitBackends;
import dev.quire.conformance.models.BatchedRun;
import dev.quire.conformance.models.ForcedText;
import dev.quire.conformance.models.Golden;
import dev.quire.conformance.models.LogitsHash;
import dev.quire.conformance.models.OpenModel;
import dev.quire.conformance.models.References;
import dev.quire.conformance.report.Level;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.report.Verdict;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/** Level C4: the logits after every token of the reference texts hash to what was published. REPRODUCIBLE only. */
record ReferenceBitsCase(String part, Supplier<OpenModel> opener, Golden golden, References references)
        implements ConformanceCase {
    @Override
    public String name() {
        return "references/%s/%s".formatted(references.model(), part);
    }

    @Override
    public Level level() {
        return Level.C4;
    }

    @Override
    public List<String> rules() {
        return List.of("N2");
    }

    @Override
    public Set<Profile> required() {
        return Profile.ALL;
    }

    @Override
    public Verdict run(CaseContext context) {
        List<String> wrong = new ArrayList<>();
        List<ForcedText> texts = references.texts().stream()
                .map(text -> text.ids(golden))
                .map(ids -> new ForcedText(ids, Math.max(1, ids.length * 3 / 4), 0))
                .toList();
        try (Arena arena = Arena.ofConfined();
                AttentionBackend backend = context.open().get();
                AttentionBackend definition = KitBackends.definition(context.numerics());
                OpenModel open = opener.get()) {
            BatchedRun run = new BatchedRun(backend, definition, open.model(), context.numerics());
            Optional<String> refusal = run.refusal(context.profile());
            if (refusal.isPresent()) {
                return Verdict.unsupported(refusal.get());
            }
            List<Buffer> logits = run.logits(texts, new Random(references.longest()), arena);
            for (int i = 0; i < texts.size(); i++) {
                References.Text text = references.texts().get(i);
                String found = LogitsHash.of(logits.get(i), logits.get(i).rows());
                if (!found.equals(text.sha256())) {
                    wrong.add("'%s' (%d tokens) hashes to %s, not %s"
                            .formatted(text.name(), text.tokens(), found, text.sha256()));
                }
            }
        }
        return wrong.isEmpty()
                ? Verdict.pass(0)
                : Verdict.fail(
                        Double.POSITIVE_INFINITY,
                        "N2: of %d reference texts of %s (%s), %d have other bits: %s. 'quire bisect --against bits --numerics reproducible' names the first op."
                                .formatted(
                                        references.texts().size(),
                                        references.model(),
                                        references.canon(),
                                        wrong.size(),
                                        String.join("; ", wrong)));
    }
}
