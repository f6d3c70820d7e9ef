package dev.quire.core.model.architecture;

import dev.quire.api.program.Rotary;
import dev.quire.core.model.ModelConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.function.IntToDoubleFunction;

/**
 * Turns the rotary entries of a config, in the older and the newer spelling, into frequencies. {@code linear} is Chen et al. 2023, {@code yarn}
 * Peng et al. 2023 §3, {@code longrope} Ding et al. 2024 §3.3; {@code dynamic} leaves sequences up to {@code max_position_embeddings} alone, and
 * Quire serves none beyond.
 */
public final class RopeScaling {
    private static final double DEFAULT_THETA = 10_000;

    private final ModelConfig config;
    private final ModelConfig entries;
    private final String type;
    private final double theta;
    private final double partial;

    private RopeScaling(ModelConfig config, ModelConfig entries, double theta, double partial) {
        this.config = config;
        this.entries = entries;
        this.type = entries.text("rope_type", entries.text("type", "default"));
        this.theta = entries.number("rope_theta", theta);
        this.partial = entries.number("partial_rotary_factor", partial);
    }

    /** What the config says under the usual keys. */
    public static RopeScaling of(ModelConfig config) {
        return of(config, config.number("rope_theta", DEFAULT_THETA), config.number("partial_rotary_factor", 1));
    }

    /**
     * What the config says in its {@code rope_parameters} or {@code rope_scaling}.
     *
     * @param theta base, if it does not stand there
     * @param partial rotated part of a head, if it does not stand there
     */
    public static RopeScaling of(ModelConfig config, double theta, double partial) {
        ModelConfig entries = config.section("rope_parameters")
                .or(() -> config.section("rope_scaling"))
                .orElseGet(ModelConfig::empty);
        return new RopeScaling(config, entries, theta, partial);
    }

    /** What one section says, such as that of one kind of layers. */
    public static RopeScaling ofSection(ModelConfig config, ModelConfig section, double theta) {
        return new RopeScaling(config, section, theta, 1);
    }

    /**
     * The rotation of a head.
     *
     * @param maxModelLen tokens of the longest sequence, if it is not {@link #maxPositions}; longrope has other frequencies for long ones
     * @throws dev.quire.core.model.ModelConfigException if the scaling is not known or contradicts itself
     */
    public Rotary rotary(int headSize, OptionalInt maxModelLen) {
        Rotary.Pairing pairing =
                config.flag("rope_interleaved", false) ? Rotary.Pairing.INTERLEAVED : Rotary.Pairing.HALF;
        Rotary plain = Rotary.of((int) (headSize * partial), theta, pairing);
        double factor = entries.number("factor", 1);
        return switch (type) {
            case "default", "dynamic" -> plain;
            case "linear" -> each(plain, 1, i -> 1 / factor);
            case "llama3" -> llama3(plain, factor);
            case "yarn" -> yarn(plain, factor);
            case "longrope", "su" -> longrope(plain, maxModelLen.orElse(maxPositions()));
            case "factors" -> divided(plain, "factors", 1);
            default -> throw entries.wrong("rope_type", type, "default, linear, dynamic, llama3, yarn or longrope");
        };
    }

    /** Tokens of the longest sequence: what the config says, stretched where the scaling is not part of that yet. */
    public int maxPositions() {
        int stated = config.integer("max_position_embeddings", 2048);
        double factor = entries.number("factor", 1);
        return switch (type) {
            case "linear" -> entries.has("original_max_position_embeddings") ? stated : (int) (stated * factor);
            case "yarn" -> Math.max(stated, (int) (trained() * factor));
            default -> stated;
        };
    }

    /** Tokens of the longest sequence before scaling. */
    private int trained() {
        return entries.optionalInteger("original_max_position_embeddings")
                .or(() -> config.optionalInteger("original_max_position_embeddings"))
                .orElseGet(() -> config.integer("max_position_embeddings", 2048));
    }

    private static Rotary each(Rotary plain, double magnitude, IntToDoubleFunction factor) {
        List<Double> scaled = new ArrayList<>();
        for (double frequency : plain.inverseFrequencies()) {
            scaled.add(frequency * factor.applyAsDouble(scaled.size()));
        }
        return new Rotary(scaled, magnitude, plain.pairing());
    }

    /** Each frequency divided by a factor of its own. */
    private Rotary divided(Rotary plain, String key, double magnitude) {
        List<Double> factors = entries.numbers(key);
        if (factors.size() != plain.inverseFrequencies().size()) {
            throw entries.wrong(
                    key, factors, plain.inverseFrequencies().size() + " numbers, one per pair of rotated elements");
        }
        return each(plain, magnitude, i -> 1 / factors.get(i));
    }

    /** Llama 3.1's scaling: long wavelengths are stretched, short ones kept, those between blended. */
    private Rotary llama3(Rotary plain, double factor) {
        double low = entries.number("low_freq_factor", 1);
        double high = entries.number("high_freq_factor", 4);
        double trained = trained();
        return each(plain, 1, i -> {
            double wavelength = 2 * Math.PI / plain.inverseFrequencies().get(i);
            double kept = Math.clamp((trained / wavelength - low) / (high - low), 0, 1);
            return kept + (1 - kept) / factor;
        });
    }

    /** Pairs that turn often over the trained length are kept, those that hardly turn are stretched, with a ramp between them. */
    private Rotary yarn(Rotary plain, double factor) {
        double low = pairThatTurns(entries.number("beta_fast", 32), plain.dim());
        double high = pairThatTurns(entries.number("beta_slow", 1), plain.dim());
        boolean truncate = entries.flag("truncate", true);
        double first = Math.max(0, truncate ? Math.floor(low) : low);
        double last = Math.min(plain.dim() - 1, truncate ? Math.ceil(high) : high);
        double width = last == first ? 0.001 : last - first;
        return each(plain, yarnMagnitude(factor), i -> {
            double stretched = Math.clamp((i - first) / width, 0, 1);
            return stretched / factor + (1 - stretched);
        });
    }

    /** The pair, as a fraction, that turns {@code turns} times over the trained length. */
    private double pairThatTurns(double turns, int dim) {
        return dim * Math.log(trained() / (turns * 2 * Math.PI)) / (2 * Math.log(theta));
    }

    private double yarnMagnitude(double factor) {
        double numerator = entries.number("mscale", 0);
        double denominator = entries.number("mscale_all_dim", 0);
        boolean both = numerator != 0 && denominator != 0;
        double usual = both ? magnitude(factor, numerator) / magnitude(factor, denominator) : magnitude(factor, 1);
        return entries.number("attention_factor", usual);
    }

    private static double magnitude(double factor, double mscale) {
        return factor <= 1 ? 1 : 0.1 * mscale * Math.log(factor) + 1;
    }

    /** One list of factors for sequences up to the trained length, one for longer ones. */
    private Rotary longrope(Rotary plain, int longest) {
        double factor = entries.number("factor", (double) config.integer("max_position_embeddings", 2048) / trained());
        double usual = factor <= 1 ? 1 : Math.sqrt(1 + Math.log(factor) / Math.log(trained()));
        double magnitude = entries.number("attention_factor", usual);
        Rotary brief = divided(plain, "short_factor", magnitude);
        Rotary extended = divided(plain, "long_factor", magnitude);
        return longest > trained() ? extended : brief;
    }
}
