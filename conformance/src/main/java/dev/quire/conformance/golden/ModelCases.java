package dev.quire.conformance.golden;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.models.Golden;
import dev.quire.conformance.models.KitModel;
import dev.quire.conformance.models.OpenModel;
import dev.quire.conformance.models.References;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Supplier;
import java.util.stream.IntStream;

/** The cases that a model is good for. */
public final class ModelCases {
    /** Tokens of the longest text of a quick run. */
    private static final int SHORT = 120;

    /** Reference texts of a quick run. */
    private static final int FEW = 4;

    /** Models that a seed makes. */
    private static final int FRESH = 6;

    private ModelCases() {}

    /**
     * Golden tokens, and in REPRODUCIBLE the published hashes, for a model that the kit carries data of.
     *
     * @param model one of {@code tiny} and {@code smollm2}, its weights in BF16
     * @param depth QUICK for some short texts only
     * @throws IllegalArgumentException if the kit carries no data of the model
     */
    public static List<ConformanceCase> of(KitModel model, Numerics numerics, Depth depth) {
        return of(model.name(), () -> new OpenModel(model), numerics, depth);
    }

    /**
     * The same for a model that each case opens when it runs.
     *
     * @param name as golden data call the model
     * @throws IllegalArgumentException if the kit carries no data of the model
     */
    public static List<ConformanceCase> of(String name, Supplier<OpenModel> opener, Numerics numerics, Depth depth) {
        Golden golden = Golden.of(name);
        List<ConformanceCase> cases = new ArrayList<>();
        cases.add(new GoldenTokensCase("short", opener, golden.upTo(SHORT)));
        if (depth == Depth.FULL) {
            cases.add(new GoldenTokensCase("long", opener, golden.beyond(SHORT)));
        }
        if (numerics == Numerics.REPRODUCIBLE) {
            References references = References.of(name);
            References first = references.upTo(SHORT, FEW);
            cases.add(new ReferenceBitsCase("first", opener, golden, first));
            if (depth == Depth.FULL && references.texts().size() > first.texts().size()) {
                cases.add(new ReferenceBitsCase("rest", opener, golden, references.without(first)));
            }
        }
        return cases;
    }

    /** Level C4 on models that {@code seed} makes; REPRODUCIBLE only. */
    public static List<ConformanceCase> fresh(Depth depth, long seed) {
        return IntStream.rangeClosed(1, depth == Depth.QUICK ? 1 : FRESH)
                .<ConformanceCase>mapToObj(number -> new FreshModelCase(number, seed))
                .toList();
    }
}
