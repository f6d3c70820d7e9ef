package dev.quire.backends.cpu.elementwise;

import java.util.Optional;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;

/**
 * Layer norm (Ba et al. 2016) of each run of {@code group} elements: mean = sum(x)/n, r = 1/√(sum((x − mean)²)/n + eps),
 * y = ((x − mean)·r)·w + b, every operation rounded and both sums in canonical order. Immutable; rows may be split over threads anyhow;
 * {@code out} may be {@code x}.
 */
public final class LayerNorm {
    private final int width;
    private final int group;
    private final float eps;
    private final float[] weight;
    private final float[] bias;

    /**
     * @param width elements of a row
     * @param group elements normed together; divides {@code width}
     * @param eps inside the root
     * @param weight [group]; absent means 1 everywhere
     * @param bias [group]; absent means none
     */
    public LayerNorm(int width, int group, float eps, Optional<float[]> weight, Optional<float[]> bias) {
        this.width = width;
        this.group = NormShape.checkedGroup("LayerNorm", width, group);
        this.eps = eps;
        this.weight = NormShape.vector("LayerNorm weight", weight, group, 1f);
        // Adding −0 changes nothing, not even the sign of a zero.
        this.bias = NormShape.vector("LayerNorm bias", bias, group, -0f);
    }

    /** Norms rows {@code from} to {@code to − 1}. */
    public void rows(Matrix x, Matrix out, int from, int to) {
        for (int row = from; row < to; row++) {
            for (int start = 0; start < width; start += group) {
                norm(x, x.at(row) + start * 4L, out, out.at(row) + start * 4L);
            }
        }
    }

    private void norm(Matrix x, long in, Matrix out, long to) {
        float mean = LaneSum.of(x.memory(), in, group) / group;
        float r = 1f / (float) Math.sqrt(LaneSum.squares(x.memory(), in, group, mean) / group + eps);
        int whole = Lanes.whole(group);
        for (int i = 0; i < whole; i += Lanes.COUNT) {
            FloatVector y = Lanes.load(x.memory(), in + i * 4L).sub(mean).mul(r);
            y = y.mul(FloatVector.fromArray(Lanes.FLOAT, weight, i)).add(FloatVector.fromArray(Lanes.FLOAT, bias, i));
            Lanes.store(y, out.memory(), to + i * 4L);
        }
        if (whole < group) {
            VectorMask<Float> inside = Lanes.FLOAT.indexInRange(whole, group);
            FloatVector y =
                    Lanes.load(x.memory(), in + whole * 4L, inside).sub(mean).mul(r);
            y = y.mul(FloatVector.fromArray(Lanes.FLOAT, weight, whole, inside))
                    .add(FloatVector.fromArray(Lanes.FLOAT, bias, whole, inside));
            Lanes.store(y, out.memory(), to + whole * 4L, inside);
        }
    }
}
