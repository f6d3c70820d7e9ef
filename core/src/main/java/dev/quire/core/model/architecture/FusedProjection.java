package dev.quire.core.model.architecture;

import dev.quire.core.weights.TensorView;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * Projections that a checkpoint stores as one, and a program runs as several: query, key and value, or gate and up. A weight {@code
 * path.part.weight} or {@code path.part.bias} of the program is a part of {@code path.fused.weight} or {@code path.fused.bias}.
 */
public final class FusedProjection {
    /**
     * One of several parts, one below another.
     *
     * @param part its name in the program
     * @param count its output features
     */
    public record Rows(String part, int count) {}

    /** Where one part lies: how to take it from a matrix of weights, and from a vector of biases. */
    private record Part(UnaryOperator<TensorView> weight, UnaryOperator<TensorView> bias) {}

    private final String fused;
    private final Map<String, Part> parts;

    private FusedProjection(String fused, Map<String, Part> parts) {
        this.fused = fused;
        this.parts = parts;
    }

    /**
     * Parts one below another.
     *
     * @param fused name of the module in the checkpoint
     * @param stacked in their order
     */
    public static FusedProjection stacked(String fused, Rows... stacked) {
        Map<String, Part> parts = new LinkedHashMap<>();
        int start = 0;
        for (Rows rows : stacked) {
            int from = start;
            int count = rows.count();
            parts.put(rows.part(), new Part(view -> view.rows(from, count), view -> view.elements(from, count)));
            start += count;
        }
        return new FusedProjection(fused, parts);
    }

    /**
     * Query, key and value of each head one below another, then those of the next head.
     *
     * @param fused name of the module in the checkpoint
     * @param names of the parts in the program, in their order
     * @param heads heads of each part
     * @param headSize output features of a head
     * @param columns input features
     */
    public static FusedProjection headwise(String fused, List<String> names, int heads, int headSize, int columns) {
        Map<String, Part> parts = new LinkedHashMap<>();
        for (String name : names) {
            int place = parts.size();
            parts.put(
                    name,
                    new Part(
                            view -> view.reshaped(headSize * columns)
                                    .every(names.size(), place)
                                    .reshaped(columns),
                            view -> view.reshaped(headSize)
                                    .every(names.size(), place)
                                    .reshaped(heads * headSize)));
        }
        return new FusedProjection(fused, parts);
    }

    /** Where the weight {@code name} of a program lies, if it is one of the parts. */
    public Optional<TensorView> view(String name) {
        return view(name, TensorView::whole);
    }

    /**
     * Where the weight {@code name} of a program lies, if it is one of the parts.
     *
     * @param stored the whole of what is stored as one, a matrix [outputs, inputs] or a vector, by the name that it has by this rule
     */
    public Optional<TensorView> view(String name, Function<String, TensorView> stored) {
        int kindAt = name.lastIndexOf('.');
        int partAt = name.lastIndexOf('.', kindAt - 1);
        String kind = name.substring(kindAt + 1);
        String whole = name.substring(0, partAt + 1) + fused + "." + kind;
        return Optional.ofNullable(parts.get(name.substring(partAt + 1, Math.max(kindAt, partAt + 1))))
                .map(part -> kind.equals("weight") ? part.weight() : part.bias())
                .map(cut -> cut.apply(stored.apply(whole)));
    }
}
