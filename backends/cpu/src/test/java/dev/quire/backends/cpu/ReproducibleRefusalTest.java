package dev.quire.backends.cpu;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
import dev.quire.api.BackendOptions;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.Support;
import dev.quire.api.types.WeightFormat;
import java.lang.foreign.Arena;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What REPRODUCIBLE numerics does not define, the backend refuses with the reason. */
class ReproducibleRefusalTest {
    private static final StepLimits LIMITS = new StepLimits(4, 1, 1, 64);
    private static final Value X = Value.tokens("x", 256);
    private static final Value Y = Value.tokens("y", 256);

    @TempDir
    Path cache;

    @ParameterizedTest
    @EnumSource
    void everyFormatButFloat32IsMultipliedReproducibly(WeightFormat format) { // N3, N5
        try (AttentionBackend backend = open()) {
            Op linear = linear(format);
            assertEquals(
                    format != WeightFormat.F32,
                    backend.supports(linear, Numerics.REPRODUCIBLE).granted());
            assertTrue(backend.supports(linear, Numerics.FAST).granted());
        }
    }

    @Test
    void float32WeightsAreRefusedWithTheReason() {
        try (AttentionBackend backend = open()) {
            Program program = Program.of(List.of(X), List.of(linear(WeightFormat.F32)), List.of(Y));
            var weights = backend.load(program.weights(), ref -> Arena.ofAuto().allocate(ref.bytes()));
            BackendException e = assertThrows(
                    BackendException.class, () -> backend.compile(program, weights, LIMITS, Numerics.REPRODUCIBLE));
            assertEquals(BackendException.Kind.UNSUPPORTED, e.kind());
            Support.No no = (Support.No) backend.supports(linear(WeightFormat.F32), Numerics.REPRODUCIBLE);
            assertTrue(e.getMessage().contains(no.reason()), e.getMessage());
            assertTrue(no.reason().contains("float32 products are not exact"), no.reason());
        }
    }

    @Test
    void aFloat32CacheIsRefusedByAReproducibleStepAndTakenByAFastOne() { // N11
        try (AttentionBackend backend = open()) {
            Program program = Program.of(List.of(X), List.of(new Op.WriteKv(X, X, new CacheRef(0, 0))), List.of());
            KvCache cache = backend.allocate(
                    new KvCacheLayout(List.of(new CacheGroup.PagedKv("keys", 1, 4, 64, DType.F32, 16, 2))));
            Bindings io = new Bindings(Optional.of(cache), Map.of("x", backend.buffer(DType.F32, 4, 256)));
            StepBatch step = new StepBatch(
                    StepTokens.known(new int[1]),
                    new int[1],
                    new int[] {0, 1},
                    new int[0],
                    new int[0],
                    List.of(new GroupStep(new int[] {1}, new int[] {1}, 1, new int[] {16})),
                    List.of());
            var weights = backend.load(List.of(), ref -> Arena.ofAuto().allocate(ref.bytes()));
            try (Executable fast = backend.compile(program, weights, LIMITS, Numerics.FAST)) {
                fast.submit(step, io).await();
            }
            try (Executable reproducible = backend.compile(program, weights, LIMITS, Numerics.REPRODUCIBLE)) {
                BackendException e = assertThrows(BackendException.class, () -> reproducible.submit(step, io));
                assertEquals(BackendException.Kind.UNSUPPORTED, e.kind());
                assertTrue(e.getMessage().contains("group 'keys' keeps F32"), e.getMessage());
            }
        }
    }

    private static Op linear(WeightFormat format) {
        return new Op.Linear(X, new WeightRef("w", 256, 256, format), Optional.empty(), Op.Linear.Split.WHOLE, Y);
    }

    private AttentionBackend open() {
        CpuProvider provider = new CpuProvider();
        return provider.open(provider.devices().getFirst(), new BackendOptions(1, cache, notice -> {}, Map.of()));
    }
}
