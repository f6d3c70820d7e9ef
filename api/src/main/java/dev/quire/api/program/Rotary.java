package dev.quire.api.program;

import java.util.List;
import java.util.Objects;

/**
 * Rotary position embedding of Su et al. 2021 §3.2.2, in the general form that linear, llama3, yarn and longrope scalings reduce to: a list
 * of inverse frequencies and a magnitude.
 *
 * @param inverseFrequencies radians per position of pair i; the first {@code 2 · size} elements of a head are rotated, the rest
 *     pass through
 * @param magnitude factor on cosine and sine (1 unless the scaling says otherwise)
 * @param pairing which elements form a pair
 */
public record Rotary(List<Double> inverseFrequencies, double magnitude, Pairing pairing) {
    /** Which two of the rotated elements form pair i of {@code n}. */
    public enum Pairing {
        /** i and i + n (GPT-NeoX, Hugging Face's Llama). */
        HALF,
        /** 2i and 2i + 1 (GPT-J, the original Llama, GGUF's Llama). */
        INTERLEAVED
    }

    public Rotary {
        inverseFrequencies = List.copyOf(inverseFrequencies);
        Objects.requireNonNull(pairing);
        if (inverseFrequencies.isEmpty()) {
            throw new IllegalArgumentException("a rotary embedding needs at least one frequency");
        }
    }

    /** Plain rotary embedding: frequency i is {@code theta^(−2i/dim)}. */
    public static Rotary of(int dim, double theta, Pairing pairing) {
        if (dim < 2 || dim % 2 != 0) {
            throw new IllegalArgumentException("rotary dimension %d must be even and at least 2".formatted(dim));
        }
        List<Double> frequencies = new java.util.ArrayList<>();
        for (int i = 0; i < dim / 2; i++) {
            frequencies.add(1.0 / StrictMath.pow(theta, 2.0 * i / dim));
        }
        return new Rotary(frequencies, 1.0, pairing);
    }

    /** Rotated elements of a head. */
    public int dim() {
        return 2 * inverseFrequencies.size();
    }

    /** Cosines of positions 0 to {@code positions − 1}: [positions, dim / 2], rounded once from StrictMath's double. */
    public float[] cosines(int positions) {
        float[] table = new float[Math.multiplyExact(positions, inverseFrequencies.size())];
        for (int p = 0, at = 0; p < positions; p++) {
            for (double f : inverseFrequencies) {
                table[at++] = (float) (StrictMath.cos(p * f) * magnitude);
            }
        }
        return table;
    }

    /** Sines of positions 0 to {@code positions − 1}: [positions, dim / 2], rounded once from StrictMath's double. */
    public float[] sines(int positions) {
        float[] table = new float[Math.multiplyExact(positions, inverseFrequencies.size())];
        for (int p = 0, at = 0; p < positions; p++) {
            for (double f : inverseFrequencies) {
                table[at++] = (float) (StrictMath.sin(p * f) * magnitude);
            }
        }
        return table;
    }
}
