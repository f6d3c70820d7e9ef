package dev.quire.api.program;

import java.util.List;

/**
 * What a mixture of experts (Shazeer et al. 2017) adds to the ops: who works on a row, what each makes of it, and their sum. A backend that has none
 * of the three refuses them together.
 */
public sealed interface ExpertOp extends Op {
    /**
     * Chooses experts for each row (Shazeer et al. 2017 §2.1): those of the largest scores, the lower number first among equals and NaN last, and the
     * softmax of their scores.
     *
     * @param scores [T, experts], at most {@value #MOST_EXPERTS} experts
     * @param over which scores the softmax is taken over
     * @param experts [T, chosen], I32: numbers of the chosen, the largest score first
     * @param gates [T, chosen]: the softmax at the chosen
     */
    record Route(Value scores, Over over, Value experts, Value gates) implements ExpertOp {
        /** Experts of a layer that backends provide for. */
        public static final int MOST_EXPERTS = 1024;

        /** What a softmax divides by. */
        public enum Over {
            /** The gates of the chosen sum to 1. */
            CHOSEN,
            /** Those of all experts would sum to 1. */
            ALL
        }

        public Route {
            Check.width("Route", gates, experts.width());
            Check.integers("Route", experts);
            if (experts.width() > scores.width() || scores.width() > MOST_EXPERTS) {
                throw new IllegalArgumentException(
                        "Route chooses %d of %d experts; at most all of them, and at most %d in all"
                                .formatted(experts.width(), scores.width(), MOST_EXPERTS));
            }
        }
    }

    /**
     * A Linear of each row's own experts, side by side: out[t, j] = x[t, j] · weights[experts[t, j]]ᵀ, where part j of a row has as many elements as the
     * matrices have columns, or rows. An expert's sums are those of {@link Op.Linear}.
     *
     * @param x [T, chosen · K], or [T, K] for all experts of a row to read the same
     * @param experts [T, chosen], I32: which matrix each part is multiplied by, as a {@link Route} over as many experts as there are weights chose it
     * @param weights [N, K] each, of one format
     * @param split how K is cut, part of the canonical order
     * @param out [T, chosen · N]
     */
    record ExpertLinear(Value x, Value experts, List<WeightRef> weights, Op.Linear.Split split, Value out)
            implements ExpertOp {
        public ExpertLinear {
            weights = List.copyOf(weights);
            Check.integers("ExpertLinear", experts);
            if (weights.stream()
                            .map(w -> List.of(w.rows(), w.columns(), w.format()))
                            .distinct()
                            .count()
                    != 1) {
                throw new IllegalArgumentException(
                        "ExpertLinear needs matrices of one shape and format, and at least one; got " + weights);
            }
            Check.width(
                    "ExpertLinear", out, experts.width() * weights.getFirst().rows());
            if (x.width() != weights.getFirst().columns()) {
                Check.width(
                        "ExpertLinear", x, experts.width() * weights.getFirst().columns());
            }
        }

        /** Whether all experts of a row read the same elements. */
        public boolean shared() {
            return x.width() == weights.getFirst().columns();
        }
    }

    /**
     * out[t] = Σ gates[t, j] · x[t, j] over the parts j of a row.
     *
     * @param x [T, chosen · width]
     * @param gates [T, chosen]
     * @param out [T, width]
     */
    record WeightedSum(Value x, Value gates, Value out) implements ExpertOp {
        public WeightedSum {
            Check.width("WeightedSum", x, gates.width() * out.width());
        }
    }
}
