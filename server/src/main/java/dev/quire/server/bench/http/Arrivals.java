package dev.quire.server.bench.http;

import java.util.Random;

/** When requests arrive. */
final class Arrivals {
    private Arrivals() {}

    /**
     * A Poisson process: gaps are exponential with mean 1 / rate.
     *
     * @param rate requests per second; infinite for all at once
     * @return seconds after the start, rising
     */
    static double[] poisson(int count, double rate, long seed) {
        Random random = new Random(seed);
        double[] at = new double[count];
        double now = 0;
        for (int i = 0; i < count; i++) {
            now += -Math.log(1 - random.nextDouble()) / rate;
            at[i] = now;
        }
        return at;
    }
}
