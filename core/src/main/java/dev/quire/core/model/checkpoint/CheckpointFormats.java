package dev.quire.core.model.checkpoint;

import dev.quire.api.types.WeightFormat;
import dev.quire.core.model.WeightFormats;
import dev.quire.core.weights.Checkpoint;
import java.util.Optional;
import java.util.TreeSet;

/** The formats that a checkpoint's weights get under {@code --dtype} and {@code --quantization}. */
public final class CheckpointFormats implements WeightFormats {
    private final Checkpoint weights;
    private final WeightDType dtype;
    private final Quantization quantization;
    private final TreeSet<WeightFormat> rounded = new TreeSet<>();

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
            return quantization == Quantization.AUTO ? stored.get() : dtype.format();
        }
        stored.filter(format -> dtype == WeightDType.AUTO && format != dtype.format())
                .ifPresent(rounded::add);
        return dtype.format();
    }

    /** What an operator should know of the matrices asked for so far: that {@code auto} rounds them. */
    public Optional<String> notice() {
        return rounded.isEmpty()
                ? Optional.empty()
                : Optional.of("%s holds weights in %s; dtype auto rounds them to BF16."
                        .formatted(weights.file().name(), rounded));
    }
}
