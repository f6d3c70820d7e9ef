package dev.quire.backends.cpu.elementwise;

import static java.nio.ByteOrder.LITTLE_ENDIAN;

import java.util.Optional;
import jdk.incubator.vector.FloatVector;

/**
 * Root mean square norm (Zhang and Sennrich 2019) of each run of {@code group} elements: r = 1/√(sum/n + eps), y = (x·r)·w, every operation
 * rounded and the sum in canonical order. Immutable; rows may be split over threads anyhow; {@code out} may be {@code x}.
 */
public final class RmsNorm {
    private final int width;
    private final int group;
    private final float eps;
    private final float[] weight;

    /**
     * @param width elements of a row
     * @param group elements normed together; divides {@code width}
     * @param eps inside the root
     * @param weight [group]; absent means 1 everywhere
     * @param weightOffset added to each weight, rounded once
     */
    public RmsNorm(int width, int group, float eps, Optional<float[]> weight, float weightOffset) {
        this.width = width;
        this.group = NormShape.checkedGroup("RmsNorm", width, group);
        this.eps = eps;
        this.weight = NormShape.vector("RmsNorm weight", weight, group, 1f);
        if (weight.isPresent() && weightOffset != 0f) {
            for (int i = 0; i < group; i++) {
                this.weight[i] = this.weight[i] + weightOffset;
            }
        }
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
        float sum = sums.squares(x.memory(), in, group, 0f);
        float r = 1f / (float) Math.sqrt(sum / group + eps);
        int i = 0;
        for (; i < Lanes.whole(group); i += Lanes.COUNT) {
            FloatVector y = FloatVector.fromMemorySegment(Lanes.FLOAT, x.memory(), in + i * 4L, LITTLE_ENDIAN)
                    .mul(r);
            y.mul(FloatVector.fromArray(Lanes.FLOAT, weight, i))
                    .intoMemorySegment(out.memory(), to + i * 4L, LITTLE_ENDIAN);
        }
        for (; i < group; i++) {
            Matrix.put(out, to + i * 4L, Matrix.take(x, in + i * 4L) * r * weight[i]);
        }
    }
}
