package dev.quire.conformance.models;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.KvCache;
import dev.quire.api.placement.HybridBackend;
import dev.quire.api.placement.PlacedOp;
import dev.quire.api.placement.ProgramPlacement;
import dev.quire.api.placement.Runner;
import dev.quire.api.step.Bindings;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.report.Profile;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;

/**
 * A model run over texts as a server runs it: continuous batching, prompts in chunks, a paged cache with scattered blocks. What the backend refuses
 * and its profile does not require runs on the kit's own interpreter. For one thread.
 */
public final class BatchedRun {
    private final AttentionBackend backend;
    private final AttentionBackend definition;
    private final KitModel model;
    private final Numerics numerics;
    private final ProgramPlacement placement;

    /**
     * Asks who runs what; loads nothing yet.
     *
     * @param backend stays the caller's
     * @param definition runs what {@code backend} refuses; stays the caller's
     */
    public BatchedRun(AttentionBackend backend, AttentionBackend definition, KitModel model, Numerics numerics) {
        this.backend = backend;
        this.definition = definition;
        this.model = model;
        this.numerics = numerics;
        this.placement = ProgramPlacement.of(model.forward(), backend, Optional.of(definition), numerics);
    }

    /** Why a backend of this profile cannot run the model: the first op that it must run and refuses. */
    public Optional<String> refusal(Profile profile) {
        return placement.ops().stream()
                .filter(placed -> placed.runner() != Runner.PRIMARY)
                .filter(placed ->
                        profile == Profile.MODEL || placed.op().cache().isPresent())
                .findFirst()
                .map(BatchedRun::reason);
    }

    private static String reason(PlacedOp placed) {
        return "%s: %s".formatted(placed.op().kind(), placed.reason().orElse("refused"));
    }

    /**
     * Runs texts.
     *
     * @param random decides chunks, orders and blocks
     * @param arena of the result
     * @return for each text its wanted logits, [rows, vocabulary]
     */
    public List<Buffer> logits(List<ForcedText> texts, Random random, Arena arena) {
        placement.requireRunners();
        AttentionBackend whole =
                placement.isWhole() ? backend : new HybridBackend(backend, definition, List.of(placement));
        int longest =
                texts.stream().mapToInt(text -> text.tokens().length).max().orElseThrow();
        int rows = Math.min(
                StepAssembler.TOKENS, texts.stream().mapToInt(ForcedText::rows).sum());
        StepLimits limits = new StepLimits(StepAssembler.TOKENS, StepAssembler.SEQUENCES, rows, longest);
        StepAssembler steps = new StepAssembler(texts, model.cache().groups(), random);
        int vocabulary = model.vocabulary();
        List<Buffer> results = texts.stream()
                .map(text -> new Buffer(
                        arena.allocate((long) text.rows() * vocabulary * Float.BYTES, Float.BYTES),
                        DType.F32,
                        text.rows(),
                        vocabulary))
                .toList();
        try (Weights weights = whole.load(placement.program().weights(), model.weights());
                Executable forward = whole.compile(placement.program(), weights, limits, numerics);
                KvCache cache = whole.allocate(steps.layout())) {
            Buffer logits = whole.buffer(DType.F32, rows, vocabulary);
            Bindings io = new Bindings(Optional.of(cache), Map.of(KitModel.LOGITS, logits));
            while (steps.hasNext()) {
                StepAssembler.Step step = steps.next();
                forward.submit(step.batch(), io).await();
                for (int r = 0; r < step.texts().length; r++) {
                    copy(logits, r, results.get(step.texts()[r]), step.rows()[r]);
                }
            }
        }
        return results;
    }

    private static void copy(Buffer from, int row, Buffer to, int target) {
        long bytes = (long) from.width() * Float.BYTES;
        MemorySegment.copy(from.memory(), row * bytes, to.memory(), target * bytes, bytes);
    }
}
