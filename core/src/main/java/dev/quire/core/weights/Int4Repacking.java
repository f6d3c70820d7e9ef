package dev.quire.core.weights;

import dev.quire.api.types.WeightFormat;
import dev.quire.core.weights.format.StoredType;
import dev.quire.core.weights.format.WeightFormatException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Makes one matrix {@code NAME.weight} of what AWQ (Lin et al. 2023) and GPTQ (Frantar et al. 2022) checkpoints store as {@code NAME.qweight}, {@code
 * NAME.qzeros} and {@code NAME.scales}: no bit of a code changes, only its place. Other tensors stay.
 *
 * @param groupSize inputs that share a scale and a zero point: 32, 64 or 128
 */
public record Int4Repacking(Int4Layout layout, int groupSize) {
    private static final String CODES = ".qweight";
    private static final String ZEROS = ".qzeros";
    private static final String SCALES = ".scales";
    private static final String ORDER = ".g_idx";
    private static final String WHOLE = ".weight";

    /** So many that the rows that are written together fit an array, in any group size. */
    private static final long MOST_INPUTS = 1 << 25;

    private static final long MOST_OUTPUTS = 1 << 30;

    /** The format of a group size. */
    private static WeightFormat format(int groupSize) {
        return switch (groupSize) {
            case 32 -> WeightFormat.INT4_G32;
            case 64 -> WeightFormat.INT4_G64;
            case 128 -> WeightFormat.INT4_G128;
            default ->
                throw new WeightFormatException(
                        "groups of %d weights of 4 bits are not supported; 32, 64 and 128 are".formatted(groupSize));
        };
    }

    /**
     * The tensors with matrices in place of their parts. Reads no codes.
     *
     * @throws WeightFormatException if a part is missing, misshapen, too large or of another type, a matrix is there twice, or inputs are not in groups one after another
     */
    Map<String, Tensor> apply(Map<String, Tensor> tensors) {
        Map<String, Tensor> whole = new LinkedHashMap<>();
        tensors.forEach((name, tensor) -> {
            if (name.endsWith(CODES)) {
                String module = name.substring(0, name.length() - CODES.length());
                whole.put(module + WHOLE, matrix(module, tensors));
            } else if (!isPart(name, tensors)) {
                whole.put(name, tensor);
            }
        });
        return whole;
    }

    private static boolean isPart(String name, Map<String, Tensor> tensors) {
        return List.of(ZEROS, SCALES, ORDER).stream()
                .anyMatch(part -> name.endsWith(part)
                        && tensors.containsKey(name.substring(0, name.length() - part.length()) + CODES));
    }

    private Tensor matrix(String module, Map<String, Tensor> tensors) {
        if (tensors.containsKey(module + WHOLE)) {
            throw new WeightFormatException(
                    "'%1$s%2$s' is there beside '%1$s%3$s', and either may be the matrix; use a checkpoint with one of them"
                            .formatted(module, WHOLE, CODES));
        }
        Tensor scales = part(module + SCALES, "F16", tensors);
        if (scales.rows() > MOST_INPUTS / groupSize || scales.columns() > MOST_OUTPUTS) {
            throw new WeightFormatException(
                    "tensor '%s' is %s, in groups of %d; at most %d inputs and %d outputs are read"
                            .formatted(scales.name(), scales.shape(), groupSize, MOST_INPUTS, MOST_OUTPUTS));
        }
        int groups = (int) scales.rows();
        int inputs = groups * groupSize;
        int outputs = (int) scales.columns();
        Tensor codes = part(module + CODES, "I32", tensors);
        Tensor zeros = part(module + ZEROS, "I32", tensors);
        if (outputs % 8 != 0) {
            throw new WeightFormatException(
                    "'%s' has %d outputs; words hold those of a multiple of 8".formatted(scales.name(), outputs));
        }
        shaped(codes, layout.rows(inputs), layout.columns(outputs));
        shaped(zeros, groups, outputs / 8);
        if (tensors.containsKey(module + ORDER)) {
            inOrder(part(module + ORDER, "I32", tensors), inputs);
        }
        WeightFormat format = format(groupSize);
        Int4Matrix parts =
                new Int4Matrix(layout, format, inputs, outputs, codes.data(), zeros.data(), scales.data(), module);
        return new Tensor(module + WHOLE, StoredType.of(format), List.of((long) outputs, (long) inputs), parts);
    }

    private static Tensor part(String name, String type, Map<String, Tensor> tensors) {
        Tensor tensor = tensors.get(name);
        if (tensor == null) {
            throw new WeightFormatException(
                    "tensor '%s' is missing; download the model's files again, all of one revision".formatted(name));
        }
        if (!tensor.type().name().equals(type)) {
            throw new WeightFormatException(
                    "tensor '%s' is stored as %s; Quire reads it as %s".formatted(name, tensor.type(), type));
        }
        return tensor;
    }

    private void shaped(Tensor tensor, int rows, int columns) {
        if (tensor.rows() != rows || tensor.columns() != columns) {
            throw new WeightFormatException(
                    "tensor '%s' is %s, not [%d, %d] as its scales and groups of %d say; quant_method or group_size of config.json is another"
                            .formatted(tensor.name(), tensor.shape(), rows, columns, groupSize));
        }
    }

    /** Group i is inputs i · groupSize onward: those that were sorted by activation are not. */
    private void inOrder(Tensor order, int inputs) {
        shaped(order, 1, inputs);
        for (int i = 0; i < inputs; i++) {
            int group = order.data().get(Int4Matrix.WORD, 4L * i);
            if (group != i / groupSize) {
                throw new WeightFormatException(
                        "tensor '%s' puts input %d in group %d, not %d: inputs sorted by activation (desc_act) are not supported; use a checkpoint without"
                                .formatted(order.name(), i, group, i / groupSize));
            }
        }
    }
}
