package dev.quire.core.model.architecture;

import dev.quire.api.program.Rotary;
import dev.quire.core.model.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Turns the rotary entries of a config, in the older and the newer spelling, into frequencies. */
final class RopeScaling {
    private static final double DEFAULT_THETA = 10_000;

    private RopeScaling() {}

    /** The rotary embedding of {@code dim} elements that the config describes. */
    static Rotary rotary(ModelConfig config, int dim) {
        Optional<ModelConfig> scaling = config.section("rope_parameters").or(() -> config.section("rope_scaling"));
        double theta = scaling.filter(s -> s.has("rope_theta")).orElse(config).number("rope_theta", DEFAULT_THETA);
        Rotary.Pairing pairing =
                config.flag("rope_interleaved", false) ? Rotary.Pairing.INTERLEAVED : Rotary.Pairing.HALF;
        Rotary plain = Rotary.of(dim, theta, pairing);
        if (scaling.isEmpty()) {
            return plain;
        }
        ModelConfig s = scaling.get();
        String type = s.text("rope_type", s.text("type", "default"));
        return switch (type) {
            case "default" -> plain;
            case "linear" -> linear(plain, s.number("factor", 1));
            case "llama3" -> llama3(plain, s);
            case "factors" -> divided(plain, s);
            default -> throw s.wrong("rope_type", type, "default, linear or llama3");
        };
    }

    private static Rotary linear(Rotary plain, double factor) {
        return new Rotary(
                plain.inverseFrequencies().stream().map(f -> f / factor).toList(), plain.magnitude(), plain.pairing());
    }

    /** Each frequency divided by a factor of its own, as GGUF files write Llama 3.1's scaling. */
    private static Rotary divided(Rotary plain, ModelConfig s) {
        List<Double> factors = s.numbers("factors");
        List<Double> frequencies = plain.inverseFrequencies();
        if (factors.size() != frequencies.size()) {
            throw s.wrong("factors", factors, frequencies.size() + " numbers, one per pair of rotated elements");
        }
        List<Double> divided = new ArrayList<>();
        for (int i = 0; i < factors.size(); i++) {
            divided.add(frequencies.get(i) / factors.get(i));
        }
        return new Rotary(divided, plain.magnitude(), plain.pairing());
    }

    /** Llama 3.1's scaling: long wavelengths are stretched, short ones kept, those between blended. */
    private static Rotary llama3(Rotary plain, ModelConfig s) {
        double factor = s.number("factor", 1);
        double low = s.number("low_freq_factor", 1);
        double high = s.number("high_freq_factor", 4);
        double trained = s.number("original_max_position_embeddings", 8192);
        List<Double> scaled = new ArrayList<>();
        for (double f : plain.inverseFrequencies()) {
            double wavelength = 2 * Math.PI / f;
            if (wavelength < trained / high) {
                scaled.add(f);
            } else if (wavelength > trained / low) {
                scaled.add(f / factor);
            } else {
                double smooth = (trained / wavelength - low) / (high - low);
                scaled.add((1 - smooth) * f / factor + smooth * f);
            }
        }
        return new Rotary(scaled, plain.magnitude(), plain.pairing());
    }
}
