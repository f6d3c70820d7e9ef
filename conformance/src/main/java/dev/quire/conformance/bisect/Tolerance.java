package dev.quire.conformance.bisect;

import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.Op;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.DType;
import dev.quire.api.types.WeightFormat;

/**
 * How far two fast backends may be apart, relative to a row's size, given the same inputs. Unlike the bounds of the conformance cases it must
 * do for a real model's data, whose outliers make sums cancel: it finds what is wrong, and certifies nothing.
 */
final class Tolerance {
    private static final double F32 = 0x1p-24;
    private static final double BF16 = 0x1p-8;
    private static final double F16 = 0x1p-11;

    private Tolerance() {}

    static double of(Op op, KvCacheLayout cache) {
        return switch (op) {
            case Op.Linear linear -> dot(linear.weight());
            case ExpertOp.ExpertLinear linear -> dot(linear.weights().getFirst());
            case Op.Attend attend -> attention(attend, cache);
            default -> 64 * F32 + 8 * F32 * Math.sqrt(op.outputs().getFirst().width());
        };
    }

    /** Inputs may be rounded to bf16, or to int8 by groups, which errs like bf16 times the ratio of a group's largest element to its rms. */
    private static double dot(WeightRef weight) {
        WeightFormat format = weight.format();
        double inputs = format.isQuantized() ? 16 * BF16 : format == WeightFormat.BF16 ? 4 * BF16 : 0;
        return inputs + (format == WeightFormat.F16 ? 4 * F16 : 0) + 64 * F32 * (1 + Math.sqrt(weight.columns()));
    }

    /** Scores of a narrow cache err by their size, which a softmax turns into an error of its weights. */
    private static double attention(Op.Attend op, KvCacheLayout cache) {
        DType type = op.cache().map(at -> type(at, cache)).orElse(DType.F32);
        double stored = type == DType.BF16 || type == DType.F8_E4M3 ? 16 * BF16 : type == DType.F16 ? 16 * F16 : 0;
        return stored + 1024 * F32 * Math.sqrt(op.shape().headSize());
    }

    private static DType type(CacheRef at, KvCacheLayout cache) {
        return ((PagedKv) cache.groups().get(at.group())).dtype();
    }
}
