package dev.quire.backends.cpu.elementwise;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.util.Optional;
import jdk.incubator.vector.FloatVector;

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
        LaneSum sums = new LaneSum();
        for (int row = from; row < to; row++) {
            for (int start = 0; start < width; start += group) {
                norm(sums, x, x.at(row) + start * 4L, out, out.at(row) + start * 4L);
            }
        }
    }

    private void norm(LaneSum sums, Matrix x, long in, Matrix out, long to) {
        float mean = sums.of(x.memory(), in, group) / group;
        float r = 1f / (float) Math.sqrt(sums.squares(x.memory(), in, group, mean) / group + eps);
        int i = 0;
        for (; i < Lanes.whole(group); i += Lanes.COUNT) {
            FloatVector y = FloatVector.fromMemorySegment(Lanes.FLOAT, x.memory(), in + i * 4L, LITTLE_ENDIAN)
                    .sub(mean)
                    .mul(r);
            y.mul(FloatVector.fromArray(Lanes.FLOAT, weight, i))
                    .add(FloatVector.fromArray(Lanes.FLOAT, bias, i))
                    .intoMemorySegment(out.memory(), to + i * 4L, LITTLE_ENDIAN);
        }
        for (; i < group; i++) {
            Matrix.put(out, to + i * 4L, (Matrix.take(x, in + i * 4L) - mean) * r * weight[i] + bias[i]);
        }
    }
}
