package dev.quire.conformance.scenario;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
import dev.quire.api.Executable;
import dev.quire.api.Weights;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.HostBlocks;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.step.Ticket;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.guards.BatchSnapshot;
import dev.quire.conformance.guards.GuardedBuffer;
import dev.quire.conformance.guards.Violation;
import dev.quire.conformance.oracle.OracleExecutable;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A scenario on one backend. Weights are loaded once, every program is compiled, the cache is allocated; then the actions are issued. Bindings,
 * batches and, if they are watched, cache blocks are checked for changes that no rule allows.
 */
public final class ScenarioRun implements AutoCloseable {
    private final AttentionBackend backend;
    private final Scenario scenario;
    private final Arena arena = Arena.ofShared();
    private final Map<Program, Executable> executables = new HashMap<>();
    private final Weights weights;
    private final Optional<KvCache> cache;
    private final List<HostBlocks> hosts = new ArrayList<>();
    private final Map<Integer, Issued> issued = new LinkedHashMap<>();
    private final List<Issued> again = new ArrayList<>();
    private final Optional<BlockWatch> watch;

    /** Whether cache blocks are watched. */
    public enum Watch {
        /** Swapped out around every judged step, and compared. */
        BLOCKS,
        /** Not watched. */
        NONE
    }

    /** A step on its way. */
    private record Issued(
            Action.Step step,
            Ticket ticket,
            Map<String, GuardedBuffer> inputs,
            Map<Value, GuardedBuffer> outputs,
            BatchSnapshot snapshot) {}

    /**
     * A step that has run.
     *
     * @param outputs bits of each output's elements, row-major
     */
    public record Ran(Action.Step step, Ticket ticket, Map<Value, int[]> outputs) {}

    /**
     * Prepares; nothing is issued yet.
     *
     * @throws LayoutRefused if the backend has no such cache
     */
    public ScenarioRun(AttentionBackend backend, Scenario scenario, Samples samples, Numerics numerics, Watch watch) {
        this.backend = backend;
        this.scenario = scenario;
        try (LentWeights source = new LentWeights(samples)) {
            this.weights = backend.load(scenario.weights(), source);
        }
        for (Program program : scenario.programs()) {
            Program expanded =
                    program.expand(one -> !backend.supports(one, numerics).granted());
            executables.put(program, backend.compile(expanded, weights, scenario.limits(program), numerics));
        }
        this.cache = scenario.layout().map(this::allocate);
        scenario.layout().ifPresent(layout -> {
            for (int g = 0; g < layout.groups().size(); g++) {
                long bytes = layout.groups().get(g).blockBytes();
                hosts.add(new HostBlocks(arena.allocate(Math.max(64, scenario.hostBlocks(g) * bytes), 64), bytes));
            }
        });
        this.watch = watch == Watch.BLOCKS ? cache.map(one -> new BlockWatch(backend, one, arena)) : Optional.empty();
    }

    private KvCache allocate(KvCacheLayout layout) {
        try {
            return backend.allocate(layout);
        } catch (BackendException e) {
            if (e.kind() == BackendException.Kind.UNSUPPORTED) {
                close(Optional.empty());
                throw new LayoutRefused(e);
            }
            throw e;
        }
    }

    /** Issues everything and waits for it. */
    public List<Ran> run() {
        for (int i = 0; i < scenario.actions().size(); i++) {
            issue(i, scenario.actions().get(i));
        }
        if (watch.isPresent() && watch.get().unread() && !issued.isEmpty()) {
            // A later ticket, so that the last image may be read (T3): the last step once more writes what is there
            // already.
            Issued last =
                    issued.entrySet().stream().reduce((a, b) -> b).orElseThrow().getValue();
            again.add(submit(last.step()));
        }
        again.forEach(one -> one.ticket().await());
        List<Ran> ran = new ArrayList<>();
        for (Issued one : issued.values()) {
            one.ticket().await();
            Map<Value, int[]> outputs = new LinkedHashMap<>();
            one.outputs().forEach((value, buffer) -> outputs.put(value, buffer.bits()));
            ran.add(new Ran(one.step(), one.ticket(), outputs));
        }
        return ran;
    }

    private void issue(int index, Action action) {
        switch (action) {
            case Action.Copy(var pairs) -> {
                watch.ifPresent(BlockWatch::stale);
                backend.copyBlocks(cache.orElseThrow(), pairs);
            }
            case Action.SwapOut(var pairs) -> backend.swapOut(cache.orElseThrow(), pairs, hosts.get(pairs.group()));
            case Action.SwapIn(var pairs) -> {
                watch.ifPresent(BlockWatch::stale);
                backend.swapIn(cache.orElseThrow(), pairs, hosts.get(pairs.group()));
            }
            case Action.Step step -> {
                boolean watched = step.judged().isPresent();
                watch.ifPresent(blocks -> blocks.before(watched));
                Issued one = submit(step);
                issued.put(index, one);
                watch.ifPresent(blocks -> blocks.after(step, watched));
                if (scenario.pace() == Scenario.Pace.AWAIT_EACH) {
                    one.ticket().await();
                }
            }
        }
    }

    private Issued submit(Action.Step step) {
        Map<String, Buffer> bound = new HashMap<>();
        Map<String, GuardedBuffer> inputs = new HashMap<>();
        for (Value value : step.program().inputs()) {
            int[] bits = step.inputs().get(value.name());
            if (bits != null) {
                GuardedBuffer buffer = GuardedBuffer.input(backend, value.name(), value.dtype(), bits, value.width());
                inputs.put(value.name(), buffer);
                bound.put(value.name(), buffer.buffer());
            }
        }
        step.links()
                .forEach((name, link) -> bound.put(
                        name,
                        issued.get(link.action()).outputs().get(link.output()).buffer()));
        Map<Value, GuardedBuffer> outputs = new LinkedHashMap<>();
        for (Value value : step.program().outputs()) {
            GuardedBuffer buffer =
                    GuardedBuffer.output(backend, value.name(), value.dtype(), step.rows(value), value.width());
            outputs.put(value, buffer);
            bound.put(value.name(), buffer.buffer());
        }
        StepBatch batch = batch(step);
        BatchSnapshot snapshot = new BatchSnapshot(batch);
        Bindings io = new Bindings(cache, bound);
        Executable executable = executables.get(step.program());
        Ticket ticket =
                executable instanceof OracleExecutable oracle && step.judged().isPresent()
                        ? oracle.submit(batch, io, step.judged().get())
                        : executable.submit(batch, io);
        return new Issued(step, ticket, inputs, outputs, snapshot);
    }

    private StepBatch batch(Action.Step step) {
        StepBatch b = step.batch();
        if (step.feed().isEmpty()) {
            return b;
        }
        int[] ids = b.tokens().ids().clone();
        int[] rows = step.feed().get().rows();
        for (int i = 0; i < ids.length; i++) {
            ids[i] = rows[i] < 0 ? ids[i] : ~rows[i];
        }
        Ticket sampled = issued.get(step.feed().get().action()).ticket();
        return new StepBatch(
                new StepTokens(ids, Optional.of(sampled)),
                b.positions(),
                b.queryStarts(),
                b.logitRows(),
                b.adapters(),
                b.groups(),
                b.sampling());
    }

    /** The first rule that was broken, with the step. Everything has run. */
    public Optional<Violation> violation() {
        for (Issued one : issued.values()) {
            Optional<Violation> found = one.inputs().values().stream()
                    .flatMap(buffer -> buffer.violation().stream())
                    .findFirst()
                    .or(() -> one.outputs().values().stream()
                            .flatMap(buffer -> buffer.violation().stream())
                            .findFirst())
                    .or(() -> one.snapshot().violation());
            if (found.isPresent()) {
                return found.map(v -> one.step().label().isEmpty()
                        ? v
                        : new Violation(
                                v.rule(), "step '%s': %s".formatted(one.step().label(), v.detail())));
            }
        }
        return watch.flatMap(BlockWatch::violation);
    }

    @Override
    public void close() {
        close(cache);
    }

    private void close(Optional<KvCache> allocated) {
        executables.values().forEach(Executable::close);
        weights.close();
        allocated.ifPresent(KvCache::close);
        arena.close();
    }
}
