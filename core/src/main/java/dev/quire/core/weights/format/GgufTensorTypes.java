package dev.quire.core.weights.format;

import dev.quire.api.types.WeightFormat;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Tensor types of GGUF by number. Numbers that are missing were given up by the format, or are newer than this table. */
final class GgufTensorTypes {
    private static final Map<Integer, StoredType> BY_NUMBER = all();

    private GgufTensorTypes() {}

    static Optional<StoredType> find(int number) {
        return Optional.ofNullable(BY_NUMBER.get(number));
    }

    private static Map<Integer, StoredType> all() {
        Map<Integer, StoredType> types = new HashMap<>();
        types.put(0, StoredType.of(WeightFormat.F32));
        types.put(1, StoredType.of(WeightFormat.F16));
        types.put(2, StoredType.of(WeightFormat.Q4_0));
        types.put(3, StoredType.of(WeightFormat.Q4_1));
        types.put(6, StoredType.of(WeightFormat.Q5_0));
        types.put(7, StoredType.of(WeightFormat.Q5_1));
        types.put(8, StoredType.of(WeightFormat.Q8_0));
        types.put(9, StoredType.opaque("Q8_1", 32, 36));
        types.put(10, StoredType.of(WeightFormat.Q2_K));
        types.put(11, StoredType.of(WeightFormat.Q3_K));
        types.put(12, StoredType.of(WeightFormat.Q4_K));
        types.put(13, StoredType.of(WeightFormat.Q5_K));
        types.put(14, StoredType.of(WeightFormat.Q6_K));
        types.put(15, StoredType.opaque("Q8_K", 256, 292));
        types.put(16, StoredType.opaque("IQ2_XXS", 256, 66));
        types.put(17, StoredType.opaque("IQ2_XS", 256, 74));
        types.put(18, StoredType.opaque("IQ3_XXS", 256, 98));
        types.put(19, StoredType.opaque("IQ1_S", 256, 50));
        types.put(20, StoredType.opaque("IQ4_NL", 32, 18));
        types.put(21, StoredType.opaque("IQ3_S", 256, 110));
        types.put(22, StoredType.opaque("IQ2_S", 256, 82));
        types.put(23, StoredType.opaque("IQ4_XS", 256, 136));
        types.put(24, StoredType.opaque("I8", 1, 1));
        types.put(25, StoredType.opaque("I16", 1, 2));
        types.put(26, StoredType.opaque("I32", 1, 4));
        types.put(27, StoredType.opaque("I64", 1, 8));
        types.put(28, StoredType.opaque("F64", 1, 8));
        types.put(29, StoredType.opaque("IQ1_M", 256, 56));
        types.put(30, StoredType.of(WeightFormat.BF16));
        types.put(34, StoredType.opaque("TQ1_0", 256, 54));
        types.put(35, StoredType.opaque("TQ2_0", 256, 66));
        types.put(39, StoredType.opaque("MXFP4", 32, 17));
        types.put(40, StoredType.opaque("NVFP4", 64, 36));
        types.put(41, StoredType.opaque("Q1_0", 128, 18));
        return Map.copyOf(types);
    }
}
