package dev.quire.core.weights.format;

import dev.quire.api.types.WeightFormat;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Element types of safetensors. */
final class SafetensorsTypes {
    private static final Map<String, StoredType> BY_NAME = all();

    private SafetensorsTypes() {}

    static Optional<StoredType> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name));
    }

    static Set<String> names() {
        return new TreeSet<>(BY_NAME.keySet());
    }

    private static Map<String, StoredType> all() {
        Map<String, StoredType> types = new TreeMap<>();
        for (WeightFormat format : new WeightFormat[] {WeightFormat.F32, WeightFormat.F16, WeightFormat.BF16}) {
            types.put(format.name(), StoredType.of(format));
        }
        for (String name : new String[] {"BOOL", "U8", "I8", "F8_E4M3", "F8_E5M2", "F8_E8M0"}) {
            types.put(name, StoredType.opaque(name, 1, 1));
        }
        types.put("U16", StoredType.opaque("U16", 1, 2));
        types.put("I16", StoredType.opaque("I16", 1, 2));
        types.put("U32", StoredType.opaque("U32", 1, 4));
        types.put("I32", StoredType.opaque("I32", 1, 4));
        for (String name : new String[] {"U64", "I64", "F64", "C64"}) {
            types.put(name, StoredType.opaque(name, 1, 8));
        }
        types.put("F4", StoredType.opaque("F4", 2, 1));
        types.put("F6_E2M3", StoredType.opaque("F6_E2M3", 4, 3));
        types.put("F6_E3M2", StoredType.opaque("F6_E3M2", 4, 3));
        return Map.copyOf(types);
    }
}
