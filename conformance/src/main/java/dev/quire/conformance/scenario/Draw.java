package dev.quire.conformance.scenario;

import java.util.Random;

/** What numbers look like. */
public enum Draw {
    /** Uniform in [−1, 1]. */
    UNIFORM,
    /** Normal. */
    NORMAL,
    /** Normal, each channel with a scale of its own, as activations of real models are. */
    CHANNELS,
    /** Uniform in [0.5, 1]: sums grow, and an error with a direction shows. */
    POSITIVE,
    /** As CHANNELS, with one channel in 32 of a size of 1e3 to 1e4. */
    OUTLIERS,
    /** Zeros of both signs, subnormals, numbers around 2⁻⁵⁶ and 1e−20, and some of size 1. */
    SMALL;

    /**
     * Fills a row.
     *
     * @param channels seeds what channels have in common over rows
     */
    void fill(Random random, long channels, float[] target, int from, int n) {
        if (this == CHANNELS || this == OUTLIERS) {
            fillChannels(random, new Random(channels), target, from, n);
            return;
        }
        for (int i = from; i < from + n; i++) {
            target[i] = switch (this) {
                case NORMAL -> (float) random.nextGaussian();
                case POSITIVE -> 0.5f + random.nextFloat() / 2;
                case SMALL -> small(random);
                default -> 2 * random.nextFloat() - 1;
            };
        }
    }

    private void fillChannels(Random random, Random channel, float[] target, int from, int n) {
        for (int i = 0; i < n; i++) {
            float scale = (float) Math.exp(0.7 * channel.nextGaussian());
            float size = 1000 + 3000 * channel.nextFloat();
            boolean outlier = this == OUTLIERS && (channel.nextInt(32) == 0 || i == 0);
            target[from + i] = scale * (float) random.nextGaussian() * (outlier ? size : 1);
        }
    }

    private static float small(Random random) {
        float size = 1 + random.nextFloat();
        float sign = random.nextBoolean() ? 1 : -1;
        return switch (random.nextInt(6)) {
            case 0 -> 0f * sign;
            case 1 -> Float.MIN_VALUE * (1 + random.nextInt(4_000_000)) * sign;
            case 2 -> 0x1p-57f * size * sign;
            case 3 -> 1e-20f * size * sign;
            case 4 -> 0x1p-20f * size * sign;
            default -> size * sign;
        };
    }
}
