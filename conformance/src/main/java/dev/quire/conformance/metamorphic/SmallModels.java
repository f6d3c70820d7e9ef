package dev.quire.conformance.metamorphic;

import dev.quire.api.program.Activation;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Op.Linear.Split;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Value;
import dev.quire.api.types.DType;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.scenario.Samples;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Two layers in the manner of each family of models. */
final class SmallModels {
    private static final int LAYERS = 2;

    private final Samples samples;

    SmallModels(Samples samples) {
        this.samples = samples;
    }

    private static Op.Attend.HeadShape heads(int heads, int kvHeads, int size) {
        return new Op.Attend.HeadShape(heads, kvHeads, size, 1 / Math.sqrt(size));
    }

    /** Rotary positions, grouped queries, SwiGLU (Touvron et al. 2023 §2.2). */
    SmallModel llama(WeightFormat format, DType cache) {
        ModelBuilder b = new ModelBuilder(96, heads(6, 2, 32), format);
        Rotary rotary = Rotary.of(32, 10_000, Rotary.Pairing.HALF);
        int group = b.group(LAYERS, cache);
        Value x = b.embed();
        for (int layer = 0; layer < LAYERS; layer++) {
            Value h = b.rmsNorm(x, b.width(), 0);
            Value q = b.linear(h, b.queries(), Split.WHOLE, false);
            Value k = b.linear(h, b.keys(), Split.WHOLE, false);
            Value v = b.linear(h, b.keys(), Split.WHOLE, false);
            q = b.rope(q, rotary);
            k = b.rope(k, rotary);
            Value attended = b.attend(q, k, v, new CacheRef(group, layer), Mask.CAUSAL, Optional.empty(), List.of());
            x = b.plus(x, b.linear(attended, b.width(), Split.EIGHT_SLICES, false));
            h = b.rmsNorm(x, b.width(), 0);
            Value gate = b.linear(h, 256, Split.WHOLE, false);
            Value up = b.linear(h, 256, Split.WHOLE, false);
            Value mlp = b.gated(gate, up, Activation.SILU);
            x = b.plus(x, b.linear(mlp, b.width(), Split.EIGHT_SLICES, false));
        }
        String name = "llama/%s/%s".formatted(format, cache);
        return b.build(name, samples, b.rmsNorm(x, b.width(), 0), 0);
    }

    /** A window in every other layer, in a cache group of its own; norms per head and after each part; soft caps (Gemma 2 and 3). */
    SmallModel gemma(DType cache) {
        ModelBuilder b = new ModelBuilder(96, heads(3, 1, 64), WeightFormat.BF16);
        Rotary rotary = Rotary.of(64, 10_000, Rotary.Pairing.HALF);
        int near = b.group(1, cache);
        int far = b.group(1, cache);
        Value x = b.scale(b.embed(), Math.sqrt(b.width()));
        for (int layer = 0; layer < LAYERS; layer++) {
            Value h = b.rmsNorm(x, b.width(), 1);
            Value q = b.rope(b.rmsNorm(b.linear(h, b.queries(), Split.WHOLE, false), 64, 1), rotary);
            Value k = b.rope(b.rmsNorm(b.linear(h, b.keys(), Split.WHOLE, false), 64, 1), rotary);
            Value v = b.linear(h, b.keys(), Split.WHOLE, false);
            Mask mask = layer % 2 == 0 ? new Mask.SlidingWindow(20) : Mask.CAUSAL;
            Value attended =
                    b.attend(q, k, v, new CacheRef(layer % 2 == 0 ? near : far, 0), mask, Optional.of(50f), List.of());
            x = b.plus(x, b.rmsNorm(b.linear(attended, b.width(), Split.EIGHT_SLICES, false), b.width(), 1));
            h = b.rmsNorm(x, b.width(), 1);
            Value gate = b.linear(h, 160, Split.WHOLE, false);
            Value up = b.linear(h, 160, Split.WHOLE, false);
            Value mlp = b.linear(b.gated(gate, up, Activation.GELU_TANH), b.width(), Split.EIGHT_SLICES, false);
            x = b.plus(x, b.rmsNorm(mlp, b.width(), 1));
        }
        return b.build("gemma/%s/%s".formatted(WeightFormat.BF16, cache), samples, b.rmsNorm(x, b.width(), 1), 30);
    }

    /** Learned positions, fused projections with biases, LayerNorm, GELU (Radford et al. 2019). */
    SmallModel gpt(DType cache) {
        ModelBuilder b = new ModelBuilder(80, heads(5, 5, 16), WeightFormat.BF16);
        int group = b.group(LAYERS, cache);
        Value x = b.plus(b.embed(), b.learnedPositions(1000));
        for (int layer = 0; layer < LAYERS; layer++) {
            Value fused = b.linear(b.layerNorm(x), 3 * b.width(), Split.WHOLE, true);
            Value q = b.slice(fused, 0, b.width());
            Value k = b.slice(fused, b.width(), b.width());
            Value v = b.slice(fused, 2 * b.width(), b.width());
            Value attended = b.attend(q, k, v, new CacheRef(group, layer), Mask.CAUSAL, Optional.empty(), List.of());
            x = b.plus(x, b.linear(attended, b.width(), Split.EIGHT_SLICES, true));
            Value h = b.activate(b.linear(b.layerNorm(x), 320, Split.WHOLE, true), Activation.GELU);
            x = b.plus(x, b.linear(h, b.width(), Split.EIGHT_SLICES, true));
        }
        return b.build("gpt/%s/%s".formatted(WeightFormat.BF16, cache), samples, b.layerNorm(x), 0);
    }

    /** ALiBi, attention and MLP side by side, half of each head rotated in interleaved pairs. */
    SmallModel parallel(DType cache) {
        ModelBuilder b = new ModelBuilder(96, heads(4, 1, 32), WeightFormat.BF16);
        Rotary rotary = Rotary.of(16, 10_000, Rotary.Pairing.INTERLEAVED);
        int group = b.group(LAYERS, cache);
        List<Float> slopes = new ArrayList<>(List.of(0.25f, 0.0625f, 0.015625f, 0.00390625f));
        Value x = b.embed();
        for (int layer = 0; layer < LAYERS; layer++) {
            Value h = b.layerNorm(x);
            Value q = b.rope(b.linear(h, b.queries(), Split.WHOLE, true), rotary);
            Value k = b.rope(b.linear(h, b.keys(), Split.WHOLE, true), rotary);
            Value v = b.linear(h, b.keys(), Split.WHOLE, true);
            Value attended = b.attend(q, k, v, new CacheRef(group, layer), Mask.CAUSAL, Optional.empty(), slopes);
            Value mlp = b.activate(b.linear(h, 256, Split.WHOLE, false), Activation.RELU_SQUARED);
            x = b.plus(
                    b.plus(x, b.linear(attended, b.width(), Split.EIGHT_SLICES, false)),
                    b.linear(mlp, b.width(), Split.EIGHT_SLICES, false));
        }
        return b.build("parallel/%s/%s".formatted(WeightFormat.BF16, cache), samples, b.layerNorm(x), 0);
    }

    /** Two of eight experts for each row (Jiang et al. 2024 §2.1). */
    SmallModel mixture(DType cache) {
        ModelBuilder b = new ModelBuilder(64, heads(4, 2, 16), WeightFormat.BF16);
        Rotary rotary = Rotary.of(16, 10_000, Rotary.Pairing.HALF);
        int group = b.group(LAYERS, cache);
        Value x = b.embed();
        for (int layer = 0; layer < LAYERS; layer++) {
            Value h = b.rmsNorm(x, b.width(), 0);
            Value q = b.rope(b.linear(h, b.queries(), Split.WHOLE, false), rotary);
            Value k = b.rope(b.linear(h, b.keys(), Split.WHOLE, false), rotary);
            Value v = b.linear(h, b.keys(), Split.WHOLE, false);
            Value attended = b.attend(q, k, v, new CacheRef(group, layer), Mask.CAUSAL, Optional.empty(), List.of());
            x = b.plus(x, b.linear(attended, b.width(), Split.EIGHT_SLICES, false));
            x = b.plus(x, b.mixture(b.rmsNorm(x, b.width(), 0), 8, 2, 80));
        }
        return b.build("mixture/%s/%s".formatted(WeightFormat.BF16, cache), samples, b.rmsNorm(x, b.width(), 0), 0);
    }
}
