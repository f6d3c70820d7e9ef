package dev.quire.backends.cpu.canonical;

import java.util.Random;

/** Floats that a careless kernel gets wrong: many magnitudes, both zeros, subnormals, now and then an infinity or NaN. */
record Hostile(Random random) {
    /** {@code n} finite floats of one magnitude, a few of them much larger or smaller. */
    float[] finite(int n) {
        float[] x = new float[n];
        float size = (float) Math.pow(10, random.nextInt(-3, 3));
        for (int i = 0; i < n; i++) {
            x[i] = switch (random.nextInt(40)) {
                case 0 -> 0f;
                case 1 -> -0f;
                case 2 -> Float.MIN_VALUE * random.nextInt(-1000, 1000);
                case 3 -> (float) (random.nextGaussian() * 1e-30);
                case 4 -> (float) (random.nextGaussian() * size * 100);
                case 5 -> Math.round(random.nextGaussian() * 4);
                default -> (float) (random.nextGaussian() * size);
            };
        }
        return x;
    }

    /** {@link #finite}, and one in a hundred an infinity or NaN. */
    float[] withInfinities(int n) {
        float[] x = finite(n);
        for (int i = 0; i < n; i++) {
            if (random.nextInt(100) == 0) {
                x[i] = new float[] {Float.POSITIVE_INFINITY, Float.NEGATIVE_INFINITY, Float.NaN}[random.nextInt(3)];
            }
        }
        return x;
    }

    /** {@link #withInfinities}, and one in a hundred any bits at all: for ops that multiply without summing, where overflow has one meaning. */
    float[] any(int n) {
        float[] x = withInfinities(n);
        for (int i = 0; i < n; i++) {
            if (random.nextInt(100) == 0) {
                x[i] = Float.intBitsToFloat(random.nextInt());
            }
        }
        return x;
    }
}
