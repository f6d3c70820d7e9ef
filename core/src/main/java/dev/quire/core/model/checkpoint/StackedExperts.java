package dev.quire.core.model.checkpoint;

import dev.quire.core.weights.TensorView;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Matrices of a layer's experts that a file stores as one, an expert's rows below those of the expert before. The weight {@code
 * path.experts.7.part.weight} of a program lies in {@code path.experts.part.weight}.
 *
 * @param rows of one expert, by the name of the part
 */
record StackedExperts(Map<String, Integer> rows) {
    private static final Pattern EXPERT = Pattern.compile("(.+\\.experts)\\.(\\d+)\\.(\\w+)\\.weight");

    StackedExperts {
        rows = Map.copyOf(rows);
    }

    /**
     * Where the weight {@code name} of a program lies, if it is an expert's.
     *
     * @param stored the whole of what is stored as one, by the name that it has by this rule
     */
    Optional<TensorView> view(String name, Function<String, TensorView> stored) {
        Matcher expert = EXPERT.matcher(name);
        if (!expert.matches() || !rows.containsKey(expert.group(3))) {
            return Optional.empty();
        }
        String part = expert.group(3);
        int count = rows.get(part);
        TensorView all = stored.apply("%s.%s.weight".formatted(expert.group(1), part));
        return Optional.of(all.rows(Integer.parseInt(expert.group(2)) * count, count));
    }
}
