package dev.quire.core.llm;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
import dev.quire.api.BackendInfo;
import dev.quire.api.BackendOptions;
import dev.quire.api.DeviceChoice;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.placement.HybridBackend;
import dev.quire.api.placement.PlacedOp;
import dev.quire.api.placement.ProgramPlacement;
import dev.quire.api.placement.Runner;
import dev.quire.api.program.Program;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.core.model.ModelRunner;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A model's programs and who runs them.
 *
 * @param backend the one that was asked for if it runs everything, else it and the cpu backend as one
 * @param cacheKeeper the backend that keeps keys and values
 * @param forward placement of the forward step
 * @param sampling placement of the sampling step
 */
record PlacedModel(
        AttentionBackend backend, BackendInfo cacheKeeper, ProgramPlacement forward, ProgramPlacement sampling) {
    /**
     * Opens the cpu backend only if it is needed. Ops that nobody runs are left to {@link #requireRunnable}.
     *
     * @param resources takes over what is opened
     */
    static PlacedModel of(
            AttentionBackend primary,
            ModelDefinition definition,
            LlmOptions options,
            Backends backends,
            Resources resources) {
        PlacedModel alone = place(definition, primary, Optional.empty(), options);
        Optional<AttentionBackend> cpu = alone.isWhole() ? Optional.empty() : openCpu(primary, options, backends);
        if (cpu.isEmpty()) {
            return alone;
        }
        resources.add(cpu.get(), cpu.get()::close);
        PlacedModel both = place(definition, primary, cpu, options);
        HybridBackend hybrid = new HybridBackend(primary, cpu.get(), List.of(both.forward, both.sampling));
        both.refused().ifPresent(options.listener()::notice);
        return new PlacedModel(hybrid, hybrid.cacheKeeper(), both.forward, both.sampling);
    }

    private static PlacedModel place(
            ModelDefinition definition,
            AttentionBackend primary,
            Optional<AttentionBackend> fallback,
            LlmOptions options) {
        Numerics numerics = options.engine().numerics();
        Program forward = definition.architecture().forward();
        Program sampling =
                ModelRunner.samplingProgram(definition.architecture().info().vocabSize());
        return new PlacedModel(
                primary,
                primary.info(),
                ProgramPlacement.of(forward, primary, fallback, numerics),
                ProgramPlacement.of(sampling, primary, fallback, numerics));
    }

    private static Optional<AttentionBackend> openCpu(AttentionBackend primary, LlmOptions options, Backends backends) {
        DeviceOptions device = options.device();
        BackendOptions given =
                new BackendOptions(device.threads(), device.cacheDirectory(), options.listener()::notice, Map.of());
        return backends.available().stream()
                .filter(provider -> provider.name().equals(Backends.CPU))
                .filter(provider -> !primary.info().name().equals(Backends.CPU))
                .findFirst()
                .map(provider -> Backends.open(provider, DeviceChoice.BEST, given));
    }

    /**
     * @throws BackendException if some op is run by nobody, or the cache type is not offered where the cache must be
     */
    void requireRunnable(ModelDefinition definition) {
        forward.requireRunners();
        sampling.requireRunners();
        for (CacheGroup group : definition.architecture().cache().groups()) {
            DType type = ((CacheGroup.PagedKv) group).dtype();
            if (!cacheKeeper.cacheTypes().contains(type)) {
                throw new BackendException(
                        BackendException.Kind.UNSUPPORTED,
                        "Attention must run on backend '%s', which keeps keys and values in %s, not in %s; choose another kv-cache-dtype."
                                .formatted(cacheKeeper.name(), cacheKeeper.cacheTypes(), type));
            }
        }
    }

    boolean isWhole() {
        return forward.isWhole() && sampling.isWhole();
    }

    private Optional<String> refused() {
        List<PlacedOp> elsewhere = forward.of(Runner.FALLBACK);
        String kinds =
                elsewhere.stream().map(placed -> placed.op().kind()).distinct().collect(Collectors.joining(", "));
        return elsewhere.isEmpty()
                ? Optional.empty()
                : Optional.of(
                        "%d of the model's %d ops run on the cpu, because backend '%s' refuses them: %s. `quire explain` says why."
                                .formatted(
                                        elsewhere.size(),
                                        forward.ops().size(),
                                        backend.info().name(),
                                        kinds));
    }
}
