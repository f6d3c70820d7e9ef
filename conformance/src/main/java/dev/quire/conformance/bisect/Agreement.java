package dev.quire.conformance.bisect;

import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.types.DType;

/** When two results of an op count as the same. */
public sealed interface Agreement {
    /**
     * Which elements do not agree.
     *
     * @param op that wrote them
     * @param cache what it may have read
     * @param value its output that they belong to
     * @param first [rows · width], each element's 32 bits
     * @param second the same of the other side
     */
    boolean[] differs(Op op, KvCacheLayout cache, Value value, int[] first, int[] second);

    /** The same bits; every NaN is the same NaN (RULES N13). */
    record Bitwise() implements Agreement {
        @Override
        public boolean[] differs(Op op, KvCacheLayout cache, Value value, int[] first, int[] second) {
            return differs(value, first, second);
        }

        static boolean[] differs(Value value, int[] first, int[] second) {
            boolean[] differs = new boolean[first.length];
            for (int i = 0; i < first.length; i++) {
                differs[i] = first[i] != second[i] && !(isNaN(value, first[i]) && isNaN(value, second[i]));
            }
            return differs;
        }

        private static boolean isNaN(Value value, int bits) {
            return value.dtype() == DType.F32 && Float.isNaN(Float.intBitsToFloat(bits));
        }
    }

    /**
     * Floats as near to each other as two fast backends must be, given the same inputs: |a − b| ≤ times · tolerance · (|a| + size), where a is
     * finite; else a = b. The tolerance depends on types and the reduction's length; size is the rms of a's row, and for attention, which
     * averages away what its errors come from, the largest element. Integers are equal.
     *
     * @param times 1 unless a model's data are wilder than most
     */
    record Near(double times) implements Agreement {
        public Near {
            if (!(times > 0)) {
                throw new IllegalArgumentException("tolerance is %s; give a number greater than 0".formatted(times));
            }
        }

        @Override
        public boolean[] differs(Op op, KvCacheLayout cache, Value value, int[] first, int[] second) {
            if (value.dtype() != DType.F32) {
                return Bitwise.differs(value, first, second);
            }
            double tolerance = times * Tolerance.of(op, cache);
            boolean[] differs = new boolean[first.length];
            for (int from = 0; from < first.length; from += value.width()) {
                double size = op instanceof Op.Attend ? largest(first) : rootMeanSquare(first, from, value.width());
                for (int i = from; i < from + value.width(); i++) {
                    double a = Float.intBitsToFloat(first[i]);
                    double b = Float.intBitsToFloat(second[i]);
                    boolean same = a == b || (Double.isNaN(a) && Double.isNaN(b));
                    differs[i] = !same && !(Double.isFinite(a) && Math.abs(a - b) <= tolerance * (Math.abs(a) + size));
                }
            }
            return differs;
        }

        private static double largest(int[] words) {
            double largest = 0;
            for (int word : words) {
                double x = Math.abs(Float.intBitsToFloat(word));
                largest = Double.isFinite(x) ? Math.max(largest, x) : largest;
            }
            return largest;
        }

        private static double rootMeanSquare(int[] words, int from, int count) {
            double squares = 0;
            for (int i = from; i < from + count; i++) {
                double x = Float.intBitsToFloat(words[i]);
                squares += Double.isFinite(x) ? x * x : 0;
            }
            return Math.sqrt(squares / count);
        }
    }
}
