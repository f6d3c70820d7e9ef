package dev.quire.conformance.metamorphic;

import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.scenario.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.Set;

/** Level C2: attention alone and small whole models, computed in every way that a serving engine might choose. */
public final class InvarianceSuite {
    /** Around blocks of 16, one token alone, a shared prefix of whole blocks, a fork inside a block. */
    private static final Texts SHORT =
            Texts.of(70, 33, 1, 16, 49).and(60, 0, 32).and(57, 1, 27);

    /** Past segments of 512. */
    private static final Texts LONG = Texts.of(600, 515, 40).and(560, 0, 530);

    private final Samples samples;
    private final Numerics numerics;
    private final Depth depth;
    private final List<ConformanceCase> cases = new ArrayList<>();

    private InvarianceSuite(Numerics numerics, Depth depth, long seed) {
        this.samples = new Samples(seed);
        this.numerics = numerics;
        this.depth = depth;
    }

    /** @see dev.quire.conformance.suite.CaseSuite#of */
    public static List<ConformanceCase> of(Numerics numerics, Depth depth, long seed) {
        InvarianceSuite suite = new InvarianceSuite(numerics, depth, seed);
        suite.attention();
        suite.models();
        return suite.cases;
    }

    private void attention() {
        Mask window = new Mask.SlidingWindow(20);
        Mask wide = new Mask.SlidingWindow(300);
        add(attention("causal", heads(6, 2, 64), Mask.CAUSAL, DType.BF16), SHORT, true);
        add(attention("long", heads(3, 1, 64), Mask.CAUSAL, DType.BF16), LONG, true);
        add(attention("window", heads(4, 4, 32), window, DType.BF16), SHORT, false);
        if (depth == Depth.FULL) {
            add(attention("odd", heads(5, 5, 36), Mask.CAUSAL, DType.BF16), SHORT, true);
            add(attention("extras", heads(8, 1, 80), Mask.CAUSAL, DType.BF16).capped(), SHORT, true);
            add(attention("wide window", heads(8, 2, 128), wide, DType.BF16), LONG, true);
            add(attention("large", heads(2, 1, 256), Mask.CAUSAL, DType.BF16), SHORT, true);
        }
        if (numerics == Numerics.FAST) {
            add(attention("causal", heads(6, 2, 64), Mask.CAUSAL, DType.F32), SHORT, false);
            add(attention("causal", heads(6, 2, 64), Mask.CAUSAL, DType.F16), SHORT, false);
            add(attention("causal", heads(6, 2, 64), Mask.CAUSAL, DType.F8_E4M3), SHORT, false);
        }
    }

    private static Op.Attend.HeadShape heads(int heads, int kvHeads, int size) {
        return new Op.Attend.HeadShape(heads, kvHeads, size, 1 / Math.sqrt(size));
    }

    private AttentionSubject attention(String name, Op.Attend.HeadShape heads, Mask mask, DType type) {
        String full = "attention %s/%s/heads=%d/kv=%d/size=%d"
                .formatted(name, type, heads.heads(), heads.kvHeads(), heads.headSize());
        return new AttentionSubject(full, samples, heads, mask, false, type);
    }

    private void add(AttentionSubject subject, Texts texts, boolean every) {
        boolean usual = subject.type() == DType.BF16 && subject.heads().headSize() % 16 == 0;
        add(subject, texts, every, usual ? Profile.ALL : Set.of());
    }

    private void models() {
        SmallModels models = new SmallModels(samples.gentle());
        boolean full = depth == Depth.FULL;
        model(models.llama(WeightFormat.BF16, DType.BF16), true, Profile.ALL);
        model(models.gemma(DType.BF16), full, Profile.ALL);
        model(models.gpt(DType.BF16), full, Profile.ALL);
        model(models.parallel(DType.BF16), full, Profile.ALL);
        model(models.llama(WeightFormat.Q8_0, DType.BF16), full, Set.of());
        if (numerics == Numerics.REPRODUCIBLE) {
            // In FAST a score's rounding may choose another expert, which no bound on the logits allows for.
            model(models.mixture(DType.BF16), full, Set.of());
        }
        if (full) {
            model(models.llama(WeightFormat.Q4_1, DType.BF16), true, Set.of());
            model(models.llama(WeightFormat.F16, DType.BF16), true, Set.of());
            if (numerics == Numerics.FAST) {
                model(models.llama(WeightFormat.F32, DType.F32), true, Set.of());
            }
        }
    }

    private void model(SmallModel model, boolean every, Set<Profile> required) {
        cases.add(new WholeModelCase(model, SHORT, required));
        add(model, SHORT, every, required);
    }

    private void add(Subject subject, Texts texts, boolean every, Set<Profile> required) {
        Random random = samples.random(subject.name() + "ways");
        int[] chunks = texts.longest() > 500 ? new int[] {64, 300} : new int[] {1, 7, 64};
        for (Schedule way : every ? Schedule.every(texts, random, chunks) : Schedule.few(texts, random)) {
            cases.add(new InvarianceCase(subject, texts, way, required));
        }
    }
}
