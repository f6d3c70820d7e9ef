package dev.quire.conformance.golden;

import dev.quire.api.AttentionBackend;
import dev.quire.api.memory.Buffer;
import dev.quire.api.types.DType;
import dev.quire.conformance.cases.CaseContext;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.definition.KitBackends;
import dev.quire.conformance.models.BatchedRun;
import dev.quire.conformance.models.ForcedText;
import dev.quire.conformance.models.Golden;
import dev.quire.conformance.models.Golden.Bound;
import dev.quire.conformance.models.GoldenStep;
import dev.quire.conformance.models.GoldenText;
import dev.quire.conformance.models.OpenModel;
import dev.quire.conformance.report.Level;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.report.Verdict;
import java.lang.foreign.Arena;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Supplier;

/**
 * Level C3: after each golden text so far, the largest logit is the golden token's, or that of a token which comes as near as bf16 operands
 * may bring it; and nearly all are exact. The texts are forced, so that one near tie does not part them, and run as a server runs them.
 */
record GoldenTokensCase(String part, Supplier<OpenModel> opener, Golden golden) implements ConformanceCase {
    /** Keys and values are kept in the first of these that the backend has. */
    private static final List<DType> KEYS = List.of(DType.BF16, DType.F16, DType.F32);

    @Override
    public String name() {
        return "golden/%s/%s".formatted(golden.model(), part);
    }

    @Override
    public Level level() {
        return Level.C3;
    }

    @Override
    public List<String> rules() {
        return List.of("N1", "N13", "A2", "A4");
    }

    @Override
    public Set<Profile> required() {
        return Profile.ALL;
    }

    @Override
    public Verdict run(CaseContext context) {
        try (Arena arena = Arena.ofConfined();
                AttentionBackend backend = context.open().get();
                AttentionBackend definition = KitBackends.definition(context.numerics());
                OpenModel open = opener.get()) {
            Optional<DType> keys =
                    KEYS.stream().filter(backend.info().cacheTypes()::contains).findFirst();
            if (keys.isEmpty()) {
                return Verdict.unsupported("no KV cache of any of %s; it has %s"
                        .formatted(KEYS, backend.info().cacheTypes()));
            }
            BatchedRun run = new BatchedRun(backend, definition, open.model().withKeys(keys.get()), context.numerics());
            Optional<String> refusal = run.refusal(context.profile());
            return refusal.isPresent()
                    ? Verdict.unsupported(refusal.get())
                    : compare(run.logits(forced(), new Random(golden.longest()), arena));
        }
    }

    private List<ForcedText> forced() {
        return golden.texts().stream()
                .map(text -> new ForcedText(text.forced(), text.prompt().length, text.prompt().length - 1))
                .toList();
    }

    private Verdict compare(List<Buffer> logits) {
        Bound bound = golden.bound(DType.BF16);
        int steps = 0;
        int exact = 0;
        double worst = 0;
        for (int t = 0; t < logits.size(); t++) {
            GoldenText text = golden.texts().get(t);
            for (int i = 0; i < text.steps().size(); i++) {
                GoldenStep step = text.steps().get(i);
                int chosen = argmax(logits.get(t), i);
                if (!step.allows(chosen, bound)) {
                    return Verdict.fail(step.gap(chosen) / bound.nearTie(), mistake(text, i, chosen, bound));
                }
                worst = Math.max(worst, step.gap(chosen) / bound.nearTie());
                exact += chosen == step.token() ? 1 : 0;
                steps++;
            }
        }
        return exact >= Golden.EXACT * steps
                ? Verdict.pass(worst)
                : Verdict.fail(
                        (1 - (double) exact / steps) / (1 - Golden.EXACT),
                        "N1: %d of %d tokens are the golden ones, all others near ties; expected at least %.0f%%"
                                .formatted(exact, steps, 100 * Golden.EXACT));
    }

    private String mistake(GoldenText text, int i, int chosen, Bound bound) {
        GoldenStep step = text.steps().get(i);
        return "N1: token %d after the prompt '%s' of %s (%d tokens) is %d, not %d; its golden logit is %s of max |logit| lower, and %s is a near tie"
                .formatted(
                        i,
                        text.name(),
                        golden.model(),
                        text.prompt().length,
                        chosen,
                        step.token(),
                        Double.isInfinite(step.gap(chosen)) ? "much" : "%.2e".formatted(step.gap(chosen)),
                        bound.nearTie());
    }

    /** The lowest of the ids with the largest logit; 0 if all are NaN (N13). */
    private static int argmax(Buffer logits, int row) {
        int best = 0;
        for (int id = 1; id < logits.width(); id++) {
            float logit = logits.floatAt(row, id);
            if (logit > logits.floatAt(row, best) || Float.isNaN(logits.floatAt(row, best))) {
                best = id;
            }
        }
        return best;
    }
}
