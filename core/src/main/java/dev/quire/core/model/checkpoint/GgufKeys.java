package dev.quire.core.model.checkpoint;

import dev.quire.api.format.BlockDecoder;
import dev.quire.core.model.ModelConfigException;
import dev.quire.core.weights.Gguf;
import dev.quire.core.weights.Tensor;
import dev.quire.core.weights.format.GgufMetadata;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A GGUF file's metadata under its family's prefix, and the small tensors that are metadata too. Remembers what was asked for. */
final class GgufKeys {
    /** Keys that change nothing that a program computes. */
    private static final Set<String> HARMLESS =
            Set.of("vocab_size", "rope.scaling.finetuned", "tensor_data_layout", "expert_group_count");

    private final Gguf file;
    private final GgufMetadata metadata;
    private final String prefix;
    private final Set<String> asked = new TreeSet<>();

    GgufKeys(Gguf file, String prefix) {
        this.file = file;
        this.metadata = file.metadata();
        this.prefix = prefix;
    }

    boolean has(String key) {
        return metadata.has(asked(key));
    }

    int integer(String key) {
        return metadata.integer(asked(key));
    }

    int integer(String key, int orElse) {
        return metadata.integer(asked(key), orElse);
    }

    double real(String key) {
        return metadata.real(asked(key));
    }

    double real(String key, double orElse) {
        return metadata.real(asked(key), orElse);
    }

    boolean flag(String key, boolean orElse) {
        return metadata.flag(asked(key), orElse);
    }

    String text(String key, String orElse) {
        return metadata.text(asked(key), orElse);
    }

    boolean isArray(String key) {
        return metadata.isArray(asked(key));
    }

    List<Boolean> flags(String key) {
        return metadata.flags(asked(key));
    }

    boolean hasTensor(String name) {
        return file.tensors().containsKey(name);
    }

    /** The rows of a tensor that must be there. */
    int rows(String tensor) {
        return Math.toIntExact(file.tensor(tensor).rows());
    }

    /** The values of a vector. */
    List<Double> vector(String name) {
        Tensor tensor = file.tensor(name);
        float[] values = new float[Math.toIntExact(tensor.rows() * tensor.columns())];
        BlockDecoder.decode(tensor.format(), tensor.data(), 0, values, 0, values.length);
        List<Double> vector = new ArrayList<>();
        for (float value : values) {
            vector.add((double) value);
        }
        return vector;
    }

    /** Refuses every value of {@code key} but {@code expected}; the key may be absent. */
    void only(String key, int expected, String why) {
        int found = integer(key, expected);
        if (found != expected) {
            throw wrong(key, found, "%d, because %s".formatted(expected, why));
        }
    }

    ModelConfigException wrong(String key, Object found, String expected) {
        return new ModelConfigException(
                "%s: %s%s is %s; expected %s".formatted(file.name(), prefix, key, found, expected));
    }

    /** Refuses keys of the family that nobody asked for. */
    void refuseUnread() {
        List<String> unread = metadata.keys().stream()
                .filter(key -> key.startsWith(prefix) && !asked.contains(key))
                .filter(key -> !HARMLESS.contains(key.substring(prefix.length())))
                .toList();
        if (!unread.isEmpty()) {
            throw new ModelConfigException(
                    "%s: %s would be ignored, but may change what the model computes; use another file, or the model's Hugging Face folder"
                            .formatted(file.name(), unread));
        }
    }

    private String asked(String key) {
        asked.add(prefix + key);
        return prefix + key;
    }
}
