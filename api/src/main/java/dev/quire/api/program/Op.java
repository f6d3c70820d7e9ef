package dev.quire.api.program;

import java.util.List;
import java.util.Optional;

/**
 * One operation of a program. Each record names what it reads and writes; row counts are those of its values. The float64 oracle of the
 * conformance kit is the definition of each; {@code RULES.md} numbers the obligations.
 */
public sealed interface Op
        permits Op.Embed,
                Op.RmsNorm,
                Op.LayerNorm,
                Op.Linear,
                Op.Rope,
                Op.WriteKv,
                Op.Attend,
                Op.Gated,
                Op.Activate,
                Op.Add,
                Op.Scale,
                Op.SoftCap,
                Op.Slice,
                Op.GatherRows,
                Op.Sample,
                Op.Composite,
                ExpertOp {
    /** Values read, in the record's order. */
    default List<Value> inputs() {
        return Dataflow.inputs(this);
    }

    /** Values written. */
    default List<Value> outputs() {
        return Dataflow.outputs(this);
    }

    /** Weights read. */
    default List<WeightRef> weights() {
        return Dataflow.weights(this);
    }

    /** The cache layer that the op reads or writes, if any. */
    default Optional<CacheRef> cache() {
        return Dataflow.cache(this);
    }

    /** The op's name in JSON and in messages. */
    default String kind() {
        return getClass().getSimpleName();
    }

    /**
     * out[t] = table[ids[t] + offset]: token embeddings, and learned positions.
     *
     * @param ids [T, 1], I32
     * @param table [entries, width]
     * @param offset added to each id (OPT's positions start at 2)
     * @param out [T, width]
     */
    record Embed(Value ids, WeightRef table, int offset, Value out) implements Op {
        public Embed {
            Check.width("Embed", out, table.columns());
        }
    }

    /**
     * Root mean square norm of Zhang and Sennrich 2019: out = x / √(mean(x²) + eps) · (weight + weightOffset), over each run of {@code group}
     * elements of a row.
     *
     * @param x [T, width]
     * @param weight [group]; absent means 1 everywhere
     * @param weightOffset added to each weight (Gemma: 1)
     * @param eps inside the root
     * @param group elements normed together: the width, or the head size for per-head norms
     * @param out [T, width]
     */
    record RmsNorm(Value x, Optional<WeightRef> weight, float weightOffset, float eps, int group, Value out)
            implements Op {
        public RmsNorm {
            Check.width("RmsNorm", out, x.width());
            Check.group("RmsNorm", x, group, weight);
        }
    }

    /**
     * Layer norm of Ba et al. 2016: out = (x − mean) / √(variance + eps) · weight + bias, over each run of {@code group} elements of a row.
     *
     * @param x [T, width]
     * @param weight [group]; absent means 1
     * @param bias [group]; absent means 0
     * @param eps inside the root
     * @param group elements normed together
     * @param out [T, width]
     */
    record LayerNorm(Value x, Optional<WeightRef> weight, Optional<WeightRef> bias, float eps, int group, Value out)
            implements Op {
        public LayerNorm {
            Check.width("LayerNorm", out, x.width());
            Check.group("LayerNorm", x, group, weight);
            Check.group("LayerNorm", x, group, bias);
        }
    }

    /**
     * out = x · weightᵀ + bias. With BF16 weights x is rounded to bf16 before the products; sums are float32.
     *
     * @param x [T, K]
     * @param weight [N, K]
     * @param bias [N]
     * @param split how K is cut, part of the canonical order
     * @param out [T, N]
     */
    record Linear(Value x, WeightRef weight, Optional<WeightRef> bias, Split split, Value out) implements Op {
        /** How REPRODUCIBLE numerics cuts the reduction (RULES, N). */
        public enum Split {
            /** One canonical dot over K. */
            WHOLE,
            /** Eight fixed slices of K, folded: a layer that tensor parallelism splits by rows. */
            EIGHT_SLICES
        }

        public Linear {
            Check.width("Linear", x, weight.columns());
            Check.width("Linear", out, weight.rows());
            bias.ifPresent(b -> Check.length("Linear", b, weight.rows()));
        }
    }

    /**
     * Rotates the first {@code rotary.dim()} elements of each head by the token's position.
     *
     * @param x [T, heads · headSize]
     * @param positions [T, 1], I32
     * @param headSize elements of a head
     * @param out [T, heads · headSize]
     */
    record Rope(Value x, Value positions, Rotary rotary, int headSize, Value out) implements Op {
        public Rope {
            Check.width("Rope", out, x.width());
            Check.group("Rope", x, headSize, Optional.empty());
            if (rotary.dim() > headSize) {
                throw new IllegalArgumentException(
                        "Rope rotates %d elements, but a head has %d".formatted(rotary.dim(), headSize));
            }
        }
    }

    /**
     * Stores each token's key and value at its slot of the batch's slot mapping.
     *
     * @param k [T, kvHeads · headSize]
     * @param v [T, kvHeads · headSize]
     */
    record WriteKv(Value k, Value v, CacheRef target) implements Op {
        public WriteKv {
            Check.width("WriteKv", v, k.width());
        }
    }

    /**
     * Attention of Vaswani et al. 2017 over paged keys (Kwon et al. 2023 §4.1): softmax(cap(scale · q·k) + slope · (j − i)) · v per head.
     * Query head h reads KV head h / (heads / kvHeads).
     *
     * @param q [T, heads · headSize]
     * @param keys where keys and values lie
     * @param shape heads, sizes and scale
     * @param mask which keys a query sees
     * @param softCap s becomes cap · tanh(s / cap) before masking
     * @param alibi slope per query head (Press et al. 2022); empty for none
     * @param out [T, heads · headSize]
     */
    record Attend(
            Value q, KeySource keys, HeadShape shape, Mask mask, Optional<Float> softCap, List<Float> alibi, Value out)
            implements Op {
        /**
         * @param heads query heads
         * @param kvHeads key and value heads; divides {@code heads}
         * @param headSize elements of a head
         * @param scale factor on q·k, usually 1/√headSize; backends that compute in float32 round it once
         */
        public record HeadShape(int heads, int kvHeads, int headSize, double scale) {
            public HeadShape {
                if (heads < 1 || kvHeads < 1 || headSize < 1 || heads % kvHeads != 0) {
                    throw new IllegalArgumentException(
                            "%d query heads over %d KV heads of %d: all positive, and the second must divide the first"
                                    .formatted(heads, kvHeads, headSize));
                }
            }
        }

        public Attend {
            alibi = List.copyOf(alibi);
            Check.width("Attend", q, shape.heads() * shape.headSize());
            Check.width("Attend", out, q.width());
            if (keys instanceof KeySource.Step(Value k, Value v)) {
                Check.width("Attend", k, shape.kvHeads() * shape.headSize());
                Check.width("Attend", v, k.width());
            }
            if (!alibi.isEmpty() && alibi.size() != shape.heads()) {
                throw new IllegalArgumentException(
                        "Attend has %d ALiBi slopes for %d heads".formatted(alibi.size(), shape.heads()));
            }
        }
    }

    /** out = act(gate) · up, elementwise (Shazeer 2020); all [T, width]. */
    record Gated(Value gate, Value up, Activation activation, Value out) implements Op {
        public Gated {
            Check.width("Gated", up, gate.width());
            Check.width("Gated", out, gate.width());
        }
    }

    /** out = act(x), elementwise; both [T, width]. */
    record Activate(Value x, Activation activation, Value out) implements Op {
        public Activate {
            Check.width("Activate", out, x.width());
        }
    }

    /** out = a + b, elementwise; all [T, width]. */
    record Add(Value a, Value b, Value out) implements Op {
        public Add {
            Check.width("Add", b, a.width());
            Check.width("Add", out, a.width());
        }
    }

    /**
     * out = x · factor.
     *
     * @param x [T, width]
     * @param factor backends that compute in float32 round it once
     * @param out [T, width]
     */
    record Scale(Value x, double factor, Value out) implements Op {
        public Scale {
            Check.width("Scale", out, x.width());
        }
    }

    /** out = cap · tanh(x / cap); both [T, width]. */
    record SoftCap(Value x, float cap, Value out) implements Op {
        public SoftCap {
            Check.width("SoftCap", out, x.width());
        }
    }

    /** out[t] = x[t, from : from + out.width]: one part of a fused projection. */
    record Slice(Value x, int from, Value out) implements Op {
        public Slice {
            if (from < 0 || from + out.width() > x.width()) {
                throw new IllegalArgumentException("Slice [%d, %d) leaves '%s' of width %d"
                        .formatted(from, from + out.width(), x.name(), x.width()));
            }
        }
    }

    /**
     * Picks the rows whose logits are wanted: out[r] = x[logitRows[r]].
     *
     * @param x [T, width]
     * @param out [R, width]
     */
    record GatherRows(Value x, Value out) implements Op {
        public GatherRows {
            Check.width("GatherRows", out, x.width());
        }
    }

    /**
     * Chooses a token for each sampling row of the batch, as its {@link dev.quire.api.step.SamplingRow} says (RULES, S). Row r reads the logits at
     * {@code logitRows[r]}.
     *
     * @param logits [E, vocabulary]; not changed
     * @param tokens [R, 1], I32: the chosen token
     * @param ranks [R, 1], I32: how many tokens have a higher raw log-probability than the chosen one, plus 1
     * @param topIds [R, 1 + n], I32: the chosen token, then the most probable ones in falling order
     * @param topLogprobs [R, 1 + n]: raw log-probabilities of {@code topIds}, written only for rows that ask
     */
    record Sample(Value logits, Value tokens, Value ranks, Value topIds, Value topLogprobs) implements Op {
        public Sample {
            Check.width("Sample", tokens, 1);
            Check.width("Sample", ranks, 1);
            Check.width("Sample", topLogprobs, topIds.width());
        }
    }

    /**
     * An op that carries its own definition; a backend that refuses it runs the definition instead.
     *
     * @param name what a backend that knows it switches on
     * @param definition ops that read {@code inputs} and write {@code outputs}
     */
    record Composite(String name, List<Value> inputs, List<Value> outputs, List<Op> definition) implements Op {
        public Composite {
            inputs = List.copyOf(inputs);
            outputs = List.copyOf(outputs);
            definition = List.copyOf(definition);
        }
    }
}
