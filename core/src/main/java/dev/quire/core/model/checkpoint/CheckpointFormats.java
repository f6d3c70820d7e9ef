package dev.quire.core.model.checkpoint;

import dev.quire.api.types.WeightFormat;
import dev.quire.core.model.WeightFormats;
import dev.quire.core.weights.Checkpoint;
import dev.quire.core.weights.format.WeightFormatException;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.TreeSet;

/** The formats that a checkpoint's weights get under {@code --dtype} and {@code --quantization}. */
public final class CheckpointFormats implements WeightFormats {
    private final Checkpoint weights;
    private final WeightDType dtype;
    private final Quantization quantization;
    private final TreeSet<WeightFormat> rounded = new TreeSet<>();
    private final TreeSet<WeightFormat> kept = new TreeSet<>();
    private final TreeSet<String> uneven = new TreeSet<>();
    private final TreeSet<String> mixed = new TreeSet<>();
    private int quantized;

    public CheckpointFormats(Checkpoint weights, WeightDType dtype, Quantization quantization) {
        this.weights = weights;
        this.dtype = dtype;
        this.quantization = quantization;
    }

    /**
     * Of a weight that is missing, the format that it would have: {@link ModelCheckpoint#define} names all that are missing at once.
     *
     * @throws dev.quire.core.weights.format.WeightFormatException if the weight is unreadable
     */
    @Override
    public WeightFormat matrix(String name) {
        if (!weights.has(name)) {
            return dtype.format();
        }
        Optional<WeightFormat> stored = weights.storedFormat(name);
        if (stored.isPresent() && stored.get().isQuantized()) {
            return quantization == Quantization.NONE ? dtype.format() : stored.get();
        }
        stored.filter(format -> dtype == WeightDType.AUTO && format != dtype.format())
                .ifPresent(rounded::add);
        return dtype.format();
    }

    @Override
    public WeightFormat layer(String name, int columns) {
        if (quantization != Quantization.INT8 || !weights.has(name)) {
            return matrix(name);
        }
        Optional<WeightFormat> stored = weights.storedFormat(name);
        if (stored.isEmpty()) {
            mixed.add(name);
            return matrix(name);
        }
        if (stored.get().isQuantized()) {
            kept.add(stored.get());
            return matrix(name);
        }
        if (columns % WeightFormat.INT8.blockElements() != 0) {
            uneven.add(name);
            return matrix(name);
        }
        quantized++;
        return WeightFormat.INT8;
    }

    /**
     * Refuses {@code int8} where it quantized nothing of what was asked for.
     *
     * @throws WeightFormatException if no layer was quantized, saying why
     */
    public void check() {
        if (quantization != Quantization.INT8 || quantized > 0) {
            return;
        }
        List<String> why = new ArrayList<>();
        if (!kept.isEmpty()) {
            why.add("its layers are stored in %s already".formatted(kept));
        }
        if (!uneven.isEmpty()) {
            why.add("rows of layers such as %s are no multiples of %d elements long"
                    .formatted(uneven.first(), WeightFormat.INT8.blockElements()));
        }
        if (!mixed.isEmpty()) {
            why.add("layers such as %s are of parts in several formats".formatted(mixed.first()));
        }
        if (why.isEmpty()) {
            why.add("it has no layers");
        }
        throw new WeightFormatException(
                "--quantization int8 has nothing to quantize in %s: %s; leave the option out, or give a checkpoint in F32, F16 or BF16"
                        .formatted(weights.file().name(), String.join("; ", why)));
    }

    /** What an operator should know of the matrices asked for so far: that {@code auto} rounds them. */
    public Optional<String> notice() {
        return rounded.isEmpty()
                ? Optional.empty()
                : Optional.of("%s holds weights in %s; dtype auto rounds them to BF16."
                        .formatted(weights.file().name(), rounded));
    }

    /** Which layers {@code int8} leaves as they are; empty if it leaves none. */
    public Optional<String> leftNotice() {
        List<String> sentences = new ArrayList<>();
        if (quantized > 0 && !kept.isEmpty()) {
            sentences.add("Layers that are stored in %s stay so beside %d of INT8.".formatted(kept, quantized));
        }
        if (quantized > 0 && !uneven.isEmpty()) {
            sentences.add("%s in %s: rows are no multiples of %d elements long."
                    .formatted(staying(uneven), dtype.format(), WeightFormat.INT8.blockElements()));
        }
        if (quantized > 0 && !mixed.isEmpty()) {
            sentences.add("%s in %s: parts are stored in several formats.".formatted(staying(mixed), dtype.format()));
        }
        return sentences.isEmpty() ? Optional.empty() : Optional.of(String.join(" ", sentences));
    }

    private static String staying(TreeSet<String> layers) {
        return layers.size() == 1
                ? "1 layer, %s, stays".formatted(layers.first())
                : "%d layers, %s the first, stay".formatted(layers.size(), layers.first());
    }
}
