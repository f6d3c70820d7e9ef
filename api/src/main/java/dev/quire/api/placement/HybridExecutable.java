package dev.quire.api.placement;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.KvCache;
import dev.quire.api.program.Value;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.step.Ticket;
import dev.quire.api.types.Numerics;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A program in segments, each compiled by its runner. Values that cross lie in buffers; one set is enough, because every step waits where
 * it changes sides and each side keeps its order.
 */
final class HybridExecutable implements Executable {
    /** The output of a sampling step that holds its tokens. */
    private static final String SAMPLED = "sampled";

    /** A segment and what runs it. */
    private record Part(Segment segment, Executable executable) {}

    private final List<Part> parts;
    private final Map<String, Buffer> crossing;
    private final IssueOrder order;

    private HybridExecutable(List<Part> parts, Map<String, Buffer> crossing, IssueOrder order) {
        this.parts = parts;
        this.crossing = crossing;
        this.order = order;
    }

    static HybridExecutable compile(
            ProgramPlacement placement,
            HybridWeights weights,
            Sides<AttentionBackend> backends,
            StepLimits limits,
            Numerics numerics,
            IssueOrder order) {
        List<Part> parts = new ArrayList<>();
        Map<String, Buffer> crossing = new HashMap<>();
        HybridExecutable whole = new HybridExecutable(parts, crossing, order);
        try {
            for (Segment segment : Segment.of(placement)) {
                Runner runner = segment.runner();
                Executable executable = backends.of(runner)
                        .compile(segment.program(), weights.sides().of(runner), limits, numerics);
                parts.add(new Part(segment, executable));
                for (Value value : segment.program().outputs()) {
                    if (!placement.program().outputs().contains(value)) {
                        crossing.put(
                                value.name(),
                                backends.primary().buffer(value.dtype(), rows(value, limits), value.width()));
                    }
                }
            }
            return whole;
        } catch (RuntimeException e) {
            whole.close();
            throw e;
        }
    }

    private static int rows(Value value, StepLimits limits) {
        return switch (value.rows()) {
            case TOKENS -> limits.maxTokens();
            case LOGITS -> limits.maxLogitRows();
            case SEQUENCES -> limits.maxSequences();
            case EXTERNAL ->
                throw new BackendException(
                        BackendException.Kind.UNSUPPORTED,
                        "'%s' has as many rows as come from outside, and cannot go from one backend to another"
                                .formatted(value.name()));
        };
    }

    @Override
    public Ticket submit(StepBatch batch, Bindings io) {
        Map<String, Buffer> buffers = new HashMap<>(crossing);
        buffers.putAll(io.buffers());
        Optional<Buffer> sampled = Optional.ofNullable(io.buffers().get(SAMPLED));
        List<Ticket> tickets = new ArrayList<>();
        Runner side = Runner.NOBODY;
        for (Part part : parts) {
            Runner next = part.segment().runner();
            Optional<BackendException> failure = order.enter(next);
            if (failure.isPresent() && !tickets.isEmpty()) {
                return new HybridTicket(tickets, side, failure, sampled);
            } // what failed before this step's first segment is an earlier step, whose own ticket says so
            side = next;
            Bindings own = new Bindings(cache(io, side), buffers, part.segment().resident());
            Ticket ticket = part.executable().submit(batchFor(part.segment(), batch), own);
            order.issued(side, ticket);
            tickets.add(ticket);
        }
        return new HybridTicket(tickets, side, Optional.empty(), sampled);
    }

    private static StepBatch batchFor(Segment segment, StepBatch batch) {
        StepTokens tokens = segment.readsTokens()
                ? tokensFor(segment.runner(), batch.tokens())
                : StepTokens.known(new int[batch.tokenCount()]);
        return new StepBatch(
                tokens,
                batch.positions(),
                batch.queryStarts(),
                batch.logitRows(),
                batch.adapters(),
                batch.groups(),
                batch.sampling());
    }

    private static StepTokens tokensFor(Runner side, StepTokens tokens) {
        return tokens.sampled()
                .map(ticket -> ((HybridTicket) ticket).tokensFor(side, tokens))
                .orElse(tokens);
    }

    private static Optional<KvCache> cache(Bindings io, Runner side) {
        return io.cache().flatMap(cache -> ((HybridCache) cache).sides().of(side));
    }

    @Override
    public long workspaceBytes() {
        return parts.stream()
                .mapToLong(part -> part.executable().workspaceBytes())
                .sum();
    }

    @Override
    public void close() {
        parts.forEach(part -> part.executable().close());
    }
}
