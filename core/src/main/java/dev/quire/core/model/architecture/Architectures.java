package dev.quire.core.model.architecture;

import dev.quire.core.model.ModelConfig;
import dev.quire.core.model.ModelConfigException;
import java.util.ArrayList;
import java.util.List;
import java.util.ServiceLoader;
import java.util.TreeSet;

/** Finds the family of a checkpoint: any that a jar on the class path registers by {@link ServiceLoader}, then those of this package. */
public final class Architectures {
    private final List<Architecture> known = new ArrayList<>();

    private Architectures() {
        ServiceLoader.load(Architecture.class).forEach(known::add);
        known.addAll(List.of(
                new Gemma(),
                new Gemma2(),
                new Gemma3(),
                new Gpt2(),
                new GptBigCode(),
                new GptNeoX(),
                new Llama(),
                new Mistral(),
                new Mixtral(),
                new Opt(),
                new Phi3(),
                new Qwen2(),
                new Qwen3(),
                new Qwen3Moe()));
    }

    /** All that are on the class path. */
    public static Architectures onClassPath() {
        return new Architectures();
    }

    /**
     * The family that the config names.
     *
     * @throws ModelConfigException listing the known ones
     */
    public Architecture of(ModelConfig config) {
        List<String> wanted = config.architectures();
        return known.stream()
                .filter(family -> wanted.stream().anyMatch(family.names()::contains))
                .findFirst()
                .orElseThrow(() -> new ModelConfigException(
                        "architecture %s is not known; supported: %s. docs/add-a-model.md shows how to add one from a jar of your own."
                                .formatted(wanted, names())));
    }

    /** What every family answers to, in the order of the alphabet. */
    public List<String> names() {
        TreeSet<String> names = new TreeSet<>();
        known.forEach(family -> names.addAll(family.names()));
        return List.copyOf(names);
    }
}
