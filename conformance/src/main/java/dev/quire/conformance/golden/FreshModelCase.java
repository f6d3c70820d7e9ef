package dev.quire.conformance.golden;

import dev.quire.api.AttentionBackend;
import dev.quire.api.memory.Buffer;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.bits.BitsBackend;
import dev.quire.conformance.cases.CaseContext;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.models.BatchedRun;
import dev.quire.conformance.models.ForcedText;
import dev.quire.conformance.models.KitModel;
import dev.quire.conformance.models.ModelRun;
import dev.quire.conformance.report.ErrorMap;
import dev.quire.conformance.report.Level;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.report.Verdict;
import java.lang.foreign.Arena;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/**
 * Level C4 without a table to answer from: a model that the seed makes, batched and chunked on the backend, must give the bits that the kit's scalar
 * interpreter gives for each text alone and whole. REPRODUCIBLE only.
 *
 * @param number of the model, from 1
 * @param seed of the run
 */
record FreshModelCase(int number, long seed) implements ConformanceCase {
    private static final int[] LENGTHS = {1, 16, 17, 40, 75, 130};

    @Override
    public String name() {
        return "fresh/model-%d".formatted(number);
    }

    @Override
    public Level level() {
        return Level.C4;
    }

    @Override
    public List<String> rules() {
        return List.of("N2", "A6", "N4", "N5", "N6", "N8", "N9", "N11");
    }

    @Override
    public Set<Profile> required() {
        return Profile.ALL;
    }

    @Override
    public Verdict run(CaseContext context) {
        KitModel model = FreshModel.of(seed + number);
        List<ForcedText> texts = texts(model);
        try (Arena arena = Arena.ofConfined();
                AttentionBackend backend = context.open().get();
                AttentionBackend bits = new BitsBackend()) {
            BatchedRun run = new BatchedRun(backend, bits, model, Numerics.REPRODUCIBLE);
            Optional<String> refusal = run.refusal(context.profile());
            if (refusal.isPresent()) {
                return Verdict.unsupported(refusal.get());
            }
            List<Buffer> found = run.logits(texts, new Random(seed), arena);
            int longest = LENGTHS[LENGTHS.length - 1];
            try (ModelRun canon = new ModelRun(bits, bits, model, Numerics.REPRODUCIBLE, longest, longest)) {
                for (int i = 0; i < texts.size(); i++) {
                    int[] tokens = texts.get(i).tokens();
                    Optional<Verdict> difference =
                            difference(tokens.length, canon.logits(tokens, tokens.length), found.get(i));
                    if (difference.isPresent()) {
                        return difference.get();
                    }
                }
            }
        }
        return Verdict.pass(0);
    }

    private List<ForcedText> texts(KitModel model) {
        Random random = new Random(seed + number);
        List<ForcedText> texts = new ArrayList<>();
        for (int length : LENGTHS) {
            int[] tokens = random.ints(length, 0, model.vocabulary()).toArray();
            texts.add(new ForcedText(tokens, Math.max(1, length * 3 / 4), 0));
        }
        return texts;
    }

    private static Optional<Verdict> difference(int rows, Buffer canon, Buffer found) {
        double[] used = new double[rows * canon.width()];
        int first = -1;
        for (int i = 0; i < used.length; i++) {
            if (bits(canon, i) != bits(found, i)) {
                used[i] = Double.POSITIVE_INFINITY;
                first = first < 0 ? i : first;
            }
        }
        if (first < 0) {
            return Optional.empty();
        }
        String detail =
                "N2: the logit of token %d after token %d of a text of %d is %s (0x%08x), Canon 1 says %s (0x%08x)"
                        .formatted(
                                first % canon.width(),
                                first / canon.width(),
                                rows,
                                Float.intBitsToFloat(bits(found, first)),
                                bits(found, first),
                                Float.intBitsToFloat(bits(canon, first)),
                                bits(canon, first));
        return Optional.of(
                Verdict.fail(Double.POSITIVE_INFINITY, detail).with(ErrorMap.of(KitModel.LOGITS, canon.width(), used)));
    }

    private static int bits(Buffer logits, int i) {
        return logits.memory().getAtIndex(ValueLayout.JAVA_INT_UNALIGNED, i);
    }
}
