package dev.quire.conformance.run;

import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.ConformanceCase;
import dev.quire.conformance.cases.Depth;
import dev.quire.conformance.golden.ModelCases;
import dev.quire.conformance.models.KitModelProvider;
import dev.quire.conformance.models.OpenModel;
import dev.quire.conformance.report.Level;
import java.util.List;
import java.util.ServiceLoader;
import java.util.function.Supplier;

/** Cases of models whose weights the kit does not carry. */
final class ExtraCases {
    private ExtraCases() {}

    /**
     * The cases of a model.
     *
     * @throws UsageException if nothing on the class path opens it
     */
    static List<ConformanceCase> of(ExtraModel model, RunOptions options) {
        List<KitModelProvider> providers = ServiceLoader.load(KitModelProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .toList();
        KitModelProvider provider = providers.stream()
                .filter(one -> one.name().equals(model.name()))
                .findFirst()
                .orElseThrow(() -> new UsageException("--model '%s': nothing on the class path opens it; there: %s"
                        .formatted(
                                model.name(),
                                providers.stream().map(KitModelProvider::name).toList())));
        return of(
                model.name(), () -> provider.open(model.files()), options.numerics(), options.level(), options.depth());
    }

    /** The cases that such a run has, for who does not run them. */
    static List<ConformanceCase> named(String model, Numerics numerics, Level level, Depth depth) {
        Supplier<OpenModel> never = () -> {
            throw new IllegalStateException("the weights of '%s' are not at hand".formatted(model));
        };
        return of(model, never, numerics, level, depth);
    }

    private static List<ConformanceCase> of(
            String model, Supplier<OpenModel> opener, Numerics numerics, Level level, Depth depth) {
        return ModelCases.of(model, opener, numerics, depth).stream()
                .filter(one -> one.level().compareTo(level) <= 0)
                .toList();
    }
}
