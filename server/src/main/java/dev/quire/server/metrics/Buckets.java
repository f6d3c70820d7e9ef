package dev.quire.server.metrics;

import java.util.ArrayList;
import java.util.List;

/** Upper bounds of histogram buckets, as vLLM has them. */
final class Buckets {
    static final double[] FIRST_TOKEN = {
        0.001, 0.005, 0.01, 0.02, 0.04, 0.06, 0.08, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80, 160, 640, 2560
    };
    static final double[] TOKEN = {
        0.01, 0.025, 0.05, 0.075, 0.1, 0.15, 0.2, 0.3, 0.4, 0.5, 0.75, 1, 2.5, 5, 7.5, 10, 20, 40, 80
    };
    static final double[] REQUEST = {
        0.3, 0.5, 0.8, 1, 1.5, 2, 2.5, 5, 10, 15, 20, 30, 40, 50, 60, 120, 240, 480, 960, 1920, 7680
    };
    static final double[] STEP_TOKENS = {1, 8, 16, 32, 64, 128, 256, 512, 1024, 2048, 4096, 8192, 16384};

    private Buckets() {}

    /** 1, 2, 5, 10, 20, 50, … up to {@code most}. */
    static double[] upTo(int most) {
        List<Double> bounds = new ArrayList<>();
        for (long power = 1; power <= most; power *= 10) {
            for (long digit : new long[] {1, 2, 5}) {
                if (digit * power <= most) {
                    bounds.add((double) (digit * power));
                }
            }
        }
        return bounds.stream().mapToDouble(Double::doubleValue).toArray();
    }
}
