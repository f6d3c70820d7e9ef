package dev.quire.backends.tornado.device;

import dev.quire.api.types.WeightFormat;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Collectors;

/** The kernels that are methods in Java, each under the name that launches have for it. */
final class JavaKernels {
    static final Map<String, Views.Kernel> ALL = Map.ofEntries(
            Map.entry(
                    "add",
                    (g, id, at, v) -> g.task(id, ElementKernels::add, v.context(), at, v.parameters(), v.floats())),
            Map.entry(
                    "scale",
                    (g, id, at, v) ->
                            g.task(id, ElementKernels::scale, v.context(), at, v.parameters(), v.reals(), v.floats())),
            Map.entry(
                    "gather_rows",
                    (g, id, at, v) ->
                            g.task(id, ElementKernels::gatherRows, v.context(), at, v.parameters(), v.words())),
            Map.entry(
                    "round_rows",
                    (g, id, at, v) -> g.task(
                            id, ElementKernels::roundRows, v.context(), at, v.parameters(), v.words(), v.halves())),
            Map.entry(
                    "rope",
                    (g, id, at, v) ->
                            g.task(id, ElementKernels::rope, v.context(), at, v.parameters(), v.words(), v.floats())),
            Map.entry(
                    "write_kv",
                    (g, id, at, v) ->
                            g.task(id, WriteKernels::bf16, v.context(), at, v.parameters(), v.words(), v.halves())),
            Map.entry(
                    "write_kv_f16",
                    (g, id, at, v) -> g.task(
                            id, WriteKernels::f16, v.context(), at, v.parameters(), v.words(), v.floats(), v.halves())),
            Map.entry(
                    "write_kv_f32",
                    (g, id, at, v) -> g.task(id, WriteKernels::f32, v.context(), at, v.parameters(), v.words())),
            Map.entry(
                    "slice",
                    (g, id, at, v) -> g.task(id, MoveKernels::slice, v.context(), at, v.parameters(), v.words())),
            Map.entry(
                    "take_tokens",
                    (g, id, at, v) -> g.task(id, MoveKernels::takeTokens, v.context(), at, v.parameters(), v.words())),
            Map.entry(
                    "weighted_sum",
                    (g, id, at, v) ->
                            g.task(id, MoveKernels::weightedSum, v.context(), at, v.parameters(), v.floats())),
            Map.entry(
                    "copy_blocks",
                    (g, id, at, v) -> g.task(
                            id, MoveKernels::copyBlocks, v.context(), at, v.parameters(), v.words(), v.halves())),
            Map.entry(
                    "gather_blocks",
                    (g, id, at, v) -> g.task(
                            id, MoveKernels::gatherBlocks, v.context(), at, v.parameters(), v.words(), v.halves())),
            Map.entry(
                    "scatter_blocks",
                    (g, id, at, v) -> g.task(
                            id, MoveKernels::scatterBlocks, v.context(), at, v.parameters(), v.words(), v.halves())),
            Map.entry(
                    "copy_rows",
                    (g, id, at, v) -> g.task(id, MoveKernels::copyRows, v.context(), at, v.parameters(), v.halves())),
            Map.entry(
                    "activate",
                    (g, id, at, v) -> g.task(id, CurveKernels::activate, v.context(), at, v.parameters(), v.floats())),
            Map.entry(
                    "gated",
                    (g, id, at, v) -> g.task(id, CurveKernels::gated, v.context(), at, v.parameters(), v.floats())),
            Map.entry(
                    "soft_cap",
                    (g, id, at, v) ->
                            g.task(id, CurveKernels::softCap, v.context(), at, v.parameters(), v.reals(), v.floats())),
            Map.entry(
                    "embed",
                    (g, id, at, v) -> g.task(
                            id,
                            WeightKernels::embed,
                            v.context(),
                            at,
                            v.parameters(),
                            v.words(),
                            v.floats(),
                            v.halves())),
            Map.entry(
                    "decode_vector",
                    (g, id, at, v) -> g.task(
                            id, WeightKernels::decodeVector, v.context(), at, v.parameters(), v.floats(), v.halves())),
            Map.entry(
                    "decode_matrix",
                    (g, id, at, v) -> g.task(
                            id, WeightKernels::decodeMatrix, v.context(), at, v.parameters(), v.floats(), v.halves())),
            Map.entry(
                    "rms_norm",
                    (g, id, at, v) ->
                            g.task(id, RowKernels::rmsNorm, v.context(), at, v.parameters(), v.reals(), v.floats())),
            Map.entry(
                    "layer_norm",
                    (g, id, at, v) ->
                            g.task(id, RowKernels::layerNorm, v.context(), at, v.parameters(), v.reals(), v.floats())),
            Map.entry("attend", attend(Cached.BF16)),
            Map.entry("attend_f16", attend(Cached.F16)),
            Map.entry("attend_f32", attend(Cached.F32)),
            Map.entry(
                    "attend_step",
                    (g, id, at, v) -> g.task(
                            id,
                            StepAttendKernel::attendStep,
                            v.context(),
                            at,
                            v.parameters(),
                            v.reals(),
                            v.words(),
                            v.floats())),
            Map.entry(
                    "sample",
                    (g, id, at, v) ->
                            g.task(id, SampleKernel::sample, v.context(), at, v.parameters(), v.words(), v.floats())),
            Map.entry(
                    "logprobs",
                    (g, id, at, v) -> g.task(
                            id, LogprobsKernel::logprobs, v.context(), at, v.parameters(), v.words(), v.floats())),
            Map.entry(
                    "route",
                    (g, id, at, v) ->
                            g.task(id, ExpertKernels::route, v.context(), at, v.parameters(), v.words(), v.floats())),
            Map.entry(
                    "sort_parts",
                    (g, id, at, v) -> g.task(id, ExpertKernels::sortParts, v.context(), at, v.parameters(), v.words())),
            Map.entry(
                    "expert_linear",
                    (g, id, at, v) -> g.task(
                            id,
                            ExpertLinearKernel::expertLinear,
                            v.context(),
                            at,
                            v.parameters(),
                            v.words(),
                            v.floats(),
                            v.halves())),
            Map.entry(
                    "expert_linear_stored",
                    (g, id, at, v) -> g.task(
                            id,
                            StoredKernels::expertLinearStored,
                            v.context(),
                            at,
                            v.parameters(),
                            v.words(),
                            v.floats(),
                            v.halves())),
            Map.entry(
                    "linear_stored",
                    (g, id, at, v) -> g.task(
                            id, StoredKernels::linearStored, v.context(), at, v.parameters(), v.floats(), v.halves())),
            Map.entry(
                    "linear",
                    (g, id, at, v) ->
                            g.task(id, LinearKernel::linear, v.context(), at, v.parameters(), v.floats(), v.halves())));

    /** In FAST, for each format, the tiles that are in Java. */
    static final Map<String, Views.Kernel> TILED = Arrays.stream(WeightFormat.values())
            .collect(Collectors.toUnmodifiableMap(TiledKernel.SHAPE::kernel, JavaKernels::tiled));

    private JavaKernels() {}

    /** Attention over a cache of a type, which is a constant of the task. */
    private static Views.Kernel attend(int type) {
        return (graph, id, at, v) -> graph.task(
                id,
                AttendKernel::attend,
                v.context(),
                at,
                type,
                v.parameters(),
                v.reals(),
                v.words(),
                v.floats(),
                v.halves());
    }

    /** {@code linear_tiled} for matrices of a format, which is a constant of the task. */
    static Views.Kernel tiled(WeightFormat format) {
        int ordinal = format.ordinal();
        return (graph, id, at, v) ->
                graph.task(id, TiledKernel::tiled, v.context(), at, ordinal, v.parameters(), v.floats(), v.halves());
    }
}
