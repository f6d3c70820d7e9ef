package dev.quire.conformance.golden;

import dev.quire.api.AttentionBackend;
import dev.quire.conformance.cases.CaseContext;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.models.Golden;
import dev.quire.conformance.models.KitModel;
import dev.quire.conformance.models.LogitsHash;
import dev.quire.conformance.models.ModelRun;
import dev.quire.conformance.models.References;
import dev.quire.conformance.report.Level;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.report.Verdict;
import java.util.ArrayList;
import java.util.List;

/** Level C4: the logits after every token of the reference texts hash to what was published. REPRODUCIBLE only. */
record ReferenceBitsCase(KitModel model, Golden golden, References references) implements ConformanceCase {
    @Override
    public String name() {
        return "references/%s/%d-texts"
                .formatted(references.model(), references.texts().size());
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
    public boolean required(Profile profile) {
        return true;
    }

    @Override
    public Verdict run(CaseContext context) {
        List<String> wrong = new ArrayList<>();
        try (AttentionBackend backend = context.open().get();
                AttentionBackend definition = ModelCases.definition(context.numerics());
                ModelRun run = new ModelRun(
                        backend, definition, model, context.numerics(), references.longest(), references.longest())) {
            for (References.Text text : references.texts()) {
                int[] ids = text.ids(golden);
                String found = LogitsHash.of(run.logits(ids, ids.length), ids.length);
                if (!found.equals(text.sha256())) {
                    wrong.add("'%s' (%d tokens) hashes to %s, not %s"
                            .formatted(text.name(), ids.length, found, text.sha256()));
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
