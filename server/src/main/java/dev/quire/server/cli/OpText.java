package dev.quire.server.cli;

import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Op.Attend.HeadShape;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.WeightRef;
import java.math.BigDecimal;
import java.math.MathContext;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;

/** What an op does beside reading and writing: its constants, as a paper would give them. */
final class OpText {
    private OpText() {}

    static List<String> constants(Op op) {
        return switch (op) {
            case Op.Embed o -> o.offset() == 0 ? List.of() : List.of("from row " + o.offset());
            case Op.RmsNorm o -> rmsNorm(o);
            case Op.LayerNorm o -> norm(o.eps(), o.group(), o.x().width());
            case Op.Rope o -> rope(o);
            case Op.Attend o -> attend(o);
            case Op.Gated o -> List.of(lower(o.activation()));
            case Op.Activate o -> List.of(lower(o.activation()));
            case Op.Scale o -> List.of("by " + number(o.factor()));
            case Op.SoftCap o -> List.of("at " + number(o.cap()));
            case ExpertOp.Route o ->
                List.of(
                        "%d of %d".formatted(o.experts().width(), o.scores().width()),
                        "softmax over " + lower(o.over()));
            case ExpertOp.ExpertLinear o -> List.of(o.weights().size() + " experts");
            case ExpertOp.WeightedSum o -> List.of();
            case Op.Slice o ->
                List.of("from %d to %d".formatted(o.from(), o.from() + o.out().width() - 1));
            case Op.Composite o -> List.of(o.name());
            case Op.Linear o -> List.of();
            case Op.WriteKv o -> List.of();
            case Op.Add o -> List.of();
            case Op.GatherRows o -> List.of();
            case Op.Sample o -> List.of();
        };
    }

    /** The weights of an op; of those of many experts, which are alike, the first and the last. */
    static String weights(Op op, Function<WeightRef, String> shown) {
        List<WeightRef> weights = op.weights();
        boolean experts = op instanceof ExpertOp.ExpertLinear && weights.size() > 2;
        return experts
                ? "%s to %s".formatted(shown.apply(weights.getFirst()), shown.apply(weights.getLast()))
                : weights.stream().map(shown).collect(Collectors.joining(", "));
    }

    private static List<String> norm(double eps, int group, int width) {
        List<String> parts = new ArrayList<>();
        if (group != width) {
            parts.add("each %d".formatted(group));
        }
        parts.add("eps " + number(eps));
        return parts;
    }

    private static List<String> rmsNorm(Op.RmsNorm o) {
        List<String> parts = norm(o.eps(), o.group(), o.x().width());
        if (o.weightOffset() != 0) {
            parts.add("weight + " + number(o.weightOffset()));
        }
        return parts;
    }

    private static List<String> rope(Op.Rope o) {
        Rotary rotary = o.rotary();
        List<String> parts = new ArrayList<>();
        parts.add("%s of each %d".formatted(rotary.dim() == o.headSize() ? "all" : rotary.dim(), o.headSize()));
        parts.add("periods %s to %s"
                .formatted(
                        period(rotary.inverseFrequencies().getFirst()),
                        period(rotary.inverseFrequencies().getLast())));
        if (rotary.magnitude() != 1) {
            parts.add("times " + number(rotary.magnitude()));
        }
        if (rotary.pairing() == Rotary.Pairing.INTERLEAVED) {
            parts.add("interleaved");
        }
        return parts;
    }

    private static List<String> attend(Op.Attend o) {
        HeadShape shape = o.shape();
        List<String> parts = new ArrayList<>();
        parts.add("%d x %d on %d".formatted(shape.heads(), shape.headSize(), shape.kvHeads()));
        parts.add("scale " + number(shape.scale()));
        o.softCap().ifPresent(cap -> parts.add("capped at " + number(cap)));
        if (!o.alibi().isEmpty()) {
            parts.add("ALiBi");
        }
        parts.add(
                switch (o.mask()) {
                    case Mask.Causal() -> "causal";
                    case Mask.SlidingWindow(int size) -> "window of " + size;
                    case Mask.Bidirectional() -> "all tokens";
                });
        if (o.keys() instanceof KeySource.Step) {
            parts.add("this step alone");
        }
        return parts;
    }

    /** Tokens after which a pair has turned once. */
    private static String period(double frequency) {
        return number(2 * Math.PI / frequency);
    }

    private static String lower(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT);
    }

    /** Four digits, without zeros that say nothing. */
    private static String number(double value) {
        return new BigDecimal(value, new MathContext(4)).stripTrailingZeros().toPlainString();
    }
}
