package dev.quire.core.model.checkpoint;

import dev.quire.api.format.BlockDecoder;
import dev.quire.api.types.WeightFormat;
import dev.quire.core.weights.Tensor;
import dev.quire.core.weights.WeightFile;
import dev.quire.core.weights.format.WeightFormatException;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Biases that writers of GPTQ checkpoints put beside every matrix of 4 bits, of zeros where the model has none. Zeros add nothing, so that a program
 * without these biases may leave them; it may not leave others.
 */
final class EmptyBiases implements Predicate<String> {
    private static final String BIAS = ".bias";
    private static final Set<WeightFormat> FOUR_BITS =
            EnumSet.of(WeightFormat.INT4_G32, WeightFormat.INT4_G64, WeightFormat.INT4_G128);
    private static final Set<WeightFormat> PLAIN = EnumSet.of(WeightFormat.F32, WeightFormat.F16, WeightFormat.BF16);

    /** Elements that are looked at together. */
    private static final int PIECE = 1024;

    private final WeightFile file;
    private final List<Tensor> biases;

    /** @param unused tensors of {@code file} that the program does not read */
    EmptyBiases(WeightFile file, List<Tensor> unused) {
        this.file = file;
        this.biases = unused.stream().filter(this::isBesideFourBits).toList();
    }

    /** Whether the tensor is such a bias, of zeros or not. */
    @Override
    public boolean test(String tensor) {
        return biases.stream().anyMatch(bias -> bias.name().equals(tensor));
    }

    /**
     * Refuses biases that the program would have to add.
     *
     * @throws WeightFormatException naming the first that is not of zeros
     */
    void requireZeros() {
        for (Tensor bias : biases) {
            float value = firstNonZero(bias);
            if (value != 0) {
                throw new WeightFormatException(
                        "%s has '%s', which is not of zeros (it has %s), but by its config.json the model adds no bias there; use a config.json that asks for it (such as attention_bias or mlp_bias), or another checkpoint"
                                .formatted(file.name(), bias.name(), value));
            }
        }
    }

    private boolean isBesideFourBits(Tensor tensor) {
        if (!tensor.name().endsWith(BIAS)
                || tensor.type().readable().filter(PLAIN::contains).isEmpty()) {
            return false;
        }
        String module = tensor.name().substring(0, tensor.name().length() - BIAS.length());
        Tensor matrix = file.tensors().get(module + ".weight");
        return matrix != null
                && matrix.type().readable().filter(FOUR_BITS::contains).isPresent();
    }

    /** 0 if there is none; NaN is one. */
    private static float firstNonZero(Tensor bias) {
        int bytes = bias.format().blockBytes();
        long elements = bias.data().byteSize() / bytes;
        float[] piece = new float[PIECE];
        for (long from = 0; from < elements; from += PIECE) {
            int count = (int) Math.min(PIECE, elements - from);
            BlockDecoder.decode(bias.format(), bias.data(), from * bytes, piece, 0, count);
            for (int i = 0; i < count; i++) {
                if (piece[i] != 0) {
                    return piece[i];
                }
            }
        }
        return 0;
    }
}
