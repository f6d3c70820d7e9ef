package dev.quire.core.weights;

import dev.quire.core.weights.format.MappedFile;
import dev.quire.core.weights.format.SafetensorsHeader;
import dev.quire.core.weights.format.SafetensorsIndex;
import dev.quire.core.weights.format.TensorInfo;
import dev.quire.core.weights.format.WeightFormatException;
import java.lang.foreign.Arena;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Safetensors weights: one file, or the shards of a folder with {@code model.safetensors.index.json}, whose word counts on which shard holds a
 * tensor.
 */
public final class Safetensors extends MappedWeights {
    /** The one file of an unsharded checkpoint. */
    public static final String SINGLE = "model.safetensors";

    /** Says which shard holds which tensor. */
    public static final String INDEX = "model.safetensors.index.json";

    private Safetensors(Arena arena, Path name, Map<String, Tensor> tensors) {
        super(arena, name.toString(), tensors);
    }

    /**
     * Maps the weights at {@code path} and checks their headers; reads no weights.
     *
     * @param path a safetensors file, an index, or a folder with either
     * @throws WeightFormatException if a file is missing, is not safetensors, or contradicts itself or the index
     */
    public static Safetensors open(Path path) {
        return open(path, UnaryOperator.identity());
    }

    /**
     * The same with matrices of 4 bits, which are put together from their parts when they are read.
     *
     * @throws WeightFormatException if parts do not fit each other, too
     */
    public static Safetensors open(Path path, Int4Repacking repacking) {
        return open(path, repacking::apply);
    }

    private static Safetensors open(Path path, UnaryOperator<Map<String, Tensor>> pass) {
        Path file = Files.isDirectory(path) ? inFolder(path) : path;
        Arena arena = Arena.ofShared();
        try {
            Map<String, Tensor> tensors = file.toString().endsWith(".json") ? shards(file, arena) : single(file, arena);
            return new Safetensors(arena, path, pass.apply(tensors));
        } catch (RuntimeException e) {
            arena.close();
            throw e;
        }
    }

    private static Path inFolder(Path folder) {
        for (String candidate : new String[] {SINGLE, INDEX}) {
            if (Files.exists(folder.resolve(candidate))) {
                return folder.resolve(candidate);
            }
        }
        throw new WeightFormatException("%s has neither %s nor %s; download the model's safetensors files into it"
                .formatted(folder, SINGLE, INDEX));
    }

    private static Map<String, Tensor> single(Path path, Arena arena) {
        MappedFile file = MappedFile.open(path, arena);
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        SafetensorsHeader.read(file).forEach((name, info) -> tensors.put(name, Tensor.of(file, info)));
        return tensors;
    }

    private static Map<String, Tensor> shards(Path index, Arena arena) {
        Map<String, MappedFile> files = new LinkedHashMap<>();
        Map<String, Map<String, TensorInfo>> headers = new LinkedHashMap<>();
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        SafetensorsIndex.read(index).forEach((name, shard) -> {
            MappedFile file = files.computeIfAbsent(shard, s -> MappedFile.open(index.resolveSibling(s), arena));
            TensorInfo info = headers.computeIfAbsent(shard, s -> SafetensorsHeader.read(file))
                    .get(name);
            if (info == null) {
                throw new WeightFormatException(
                        "%s says that %s holds tensor '%s', but it does not; download both again"
                                .formatted(index, shard, name));
            }
            tensors.put(name, Tensor.of(file, info));
        });
        return tensors;
    }
}
