package dev.quire.conformance.bisect;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.Weights;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.KvCache;
import dev.quire.api.placement.HybridBackend;
import dev.quire.api.placement.ProgramPlacement;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.Numerics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** One side's weights, executables and cache. Values go in and come out as arrays of 32-bit words. */
final class SideRun implements AutoCloseable {
    private final Side side;
    private final Numerics numerics;
    private final Pieces pieces;
    private final BufferPool buffers;
    private final Weights weights;
    private final List<Executable> executables = new ArrayList<>();
    private final Optional<Executable> whole;
    private final KvCache cache;

    SideRun(Side side, Pieces pieces, Subject subject, Numerics numerics) {
        this.side = side;
        this.numerics = numerics;
        this.pieces = pieces;
        AttentionBackend backend = complete(side, pieces, numerics);
        StepLimits limits = new StepLimits(subject.prompt().length, 1, 1, subject.length());
        buffers = new BufferPool(backend);
        weights = backend.load(pieces.whole().weights(), subject.weights());
        for (Program piece : pieces.programs()) {
            executables.add(backend.compile(piece, weights, limits, numerics));
        }
        whole = numerics == Numerics.REPRODUCIBLE
                ? Optional.of(backend.compile(pieces.whole(), weights, limits, numerics))
                : Optional.empty();
        cache = backend.allocate(subject.layout());
    }

    /** The side's backend, or it and the one behind it as one; ops of a piece are placed as in the whole program. */
    private static AttentionBackend complete(Side side, Pieces pieces, Numerics numerics) {
        if (!side.backend().info().numerics().contains(numerics)) {
            throw new BackendException(
                    BackendException.Kind.UNSUPPORTED,
                    "Backend '%s' does not offer %s numerics; it offers %s. Pass --numerics with one of these."
                            .formatted(
                                    side.name(), numerics, side.backend().info().numerics()));
        }
        ProgramPlacement whole =
                ProgramPlacement.of(pieces.whole(), side.backend(), Optional.of(side.fallback()), numerics);
        whole.requireRunners();
        if (whole.isWhole()) {
            return side.backend();
        }
        List<ProgramPlacement> placements = new ArrayList<>(List.of(whole));
        int from = 0;
        for (Program piece : pieces.programs()) {
            int to = from + piece.ops().size();
            placements.add(new ProgramPlacement(piece, whole.ops().subList(from, to)));
            from = to;
        }
        return new HybridBackend(side.backend(), side.fallback(), placements);
    }

    /** The outputs of a piece on a step; {@code known} holds its inputs. */
    Map<Value, int[]> run(int piece, StepBatch batch, Map<Value, int[]> known) {
        return run(pieces.programs().get(piece), executables.get(piece), batch, known);
    }

    /** The outputs of the program as it is served. */
    Map<Value, int[]> runWhole(StepBatch batch) {
        return run(pieces.whole(), whole.orElseThrow(), batch, Map.of());
    }

    private Map<Value, int[]> run(Program program, Executable executable, StepBatch batch, Map<Value, int[]> known) {
        Map<String, Buffer> bound = new HashMap<>();
        for (Value input : program.inputs()) {
            if (!input.equals(Value.TOKENS) && !input.equals(Value.POSITIONS)) {
                Buffer buffer = buffers.take(input, rows(input, batch));
                BufferPool.write(known.get(input), buffer);
                bound.put(input.name(), buffer);
            }
        }
        for (Value output : program.outputs()) {
            bound.put(output.name(), buffers.take(output, rows(output, batch)));
        }
        executable.submit(batch, new Bindings(Optional.of(cache), bound)).await();
        Map<Value, int[]> outputs = new LinkedHashMap<>();
        for (Value output : program.outputs()) {
            outputs.put(output, BufferPool.read(bound.get(output.name()), rows(output, batch) * output.width()));
        }
        bound.values().forEach(buffers::giveBack);
        return outputs;
    }

    private static int rows(Value value, StepBatch batch) {
        return switch (value.rows()) {
            case TOKENS -> batch.tokenCount();
            case LOGITS -> batch.logitRowCount();
            case SEQUENCES -> batch.sequences();
            case EXTERNAL ->
                throw new IllegalArgumentException(
                        "'%s' has rows that come from outside; only programs of text can be bisected"
                                .formatted(value.name()));
        };
    }

    String name() {
        return side.name();
    }

    /** Who runs {@code op} on this side. */
    String runner(Op op) {
        return side.backend().supports(op, numerics).granted()
                ? side.name()
                : side.fallback().info().name() + " for " + side.name();
    }

    @Override
    public void close() {
        executables.forEach(Executable::close);
        whole.ifPresent(Executable::close);
        weights.close();
        cache.close();
    }
}
