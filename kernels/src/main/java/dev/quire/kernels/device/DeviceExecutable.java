package dev.quire.kernels.device;

import dev.quire.api.BackendException;
import dev.quire.api.Executable;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.Ticket;
import dev.quire.kernels.device.Operand.Pointer;
import dev.quire.kernels.portable.Launches;
import dev.quire.kernels.portable.PlannedStep;
import dev.quire.kernels.portable.PortablePlan;
import dev.quire.kernels.portable.Region;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/** A plan with its memory on a device, and its recordings. */
final class DeviceExecutable implements Executable {
    private static final String SAMPLED = "sampled";

    private final Program program;
    private final PortablePlan plan;
    private final DeviceWeights weights;
    private final DeviceBuffers buffers;
    private final DeviceMemory workspace;
    private final Exchange tables;
    private final StepSlots slots;
    private final StepSizes sizes;
    private final Recordings recordings;
    private final Downloads downloads;
    private final Owned owned = new Owned();
    private final Consumer<DeviceExecutable> closed;

    /** @param closed hears of the end */
    DeviceExecutable(
            Program program,
            PortablePlan plan,
            DeviceWeights weights,
            DeviceBuffers buffers,
            IssueQueue queue,
            Consumer<DeviceExecutable> closed) {
        this.closed = closed;
        this.program = program;
        this.plan = plan;
        this.weights = weights;
        this.buffers = buffers;
        this.workspace = queue.allocate(plan.workspaceBytes(), MemoryUse.WORKSPACE);
        owned.add(workspace::close);
        this.tables = owned.orFree(() -> tables(plan.tables(), queue));
        owned.add(tables::close);
        long words = plan.wordBytes(new KvCacheLayout(List.of()));
        this.slots = owned.orFree(() -> new StepSlots(queue, words));
        owned.add(slots::close);
        this.sizes = queue.device().stepSizes();
        this.recordings = new Recordings(queue);
        owned.add(recordings::close);
        this.downloads = new Downloads(queue);
        owned.add(downloads::close);
        owned.orFree(() -> weights.make(plan.images()));
        owned.orFree(() -> weights.stack(plan.stacks()));
    }

    private static Exchange tables(float[] content, IssueQueue queue) {
        long bytes = (long) content.length * Float.BYTES;
        Exchange tables = Exchange.allocate(queue, Math.max(bytes, 1));
        MemorySegment.copy(content, 0, tables.host(), ValueLayout.JAVA_FLOAT, 0, content.length);
        Owned begun = new Owned();
        begun.add(tables::close);
        return begun.orFree(() -> {
            queue.now(tables.upload(0, bytes));
            return tables;
        });
    }

    /** Makes room for the numbers of steps on a cache. */
    void reserve(KvCacheLayout layout) {
        slots.reserve(plan.wordBytes(layout));
    }

    @Override
    public Ticket submit(StepBatch batch, Bindings io) {
        try {
            Optional<DeviceTicket> sampled = batch.tokens().sampled().map(DeviceTicket.class::cast);
            if (sampled.isPresent() && sampled.get() instanceof DeviceTicket.Failed failed) {
                return new DeviceTicket.Failed(io, failed.reason());
            }
            plan.check(batch);
            Optional<Buffer> tokens = sampled.map(ticket -> ticket.io().buffer(SAMPLED));
            Optional<StepBatch> padded =
                    sizes == StepSizes.PADDED ? plan.padded(batch, io) : Optional.<StepBatch>empty();
            return new DeviceTicket.Issued(
                    io, padded.isPresent() ? padded(padded.get(), batch, io, tokens) : exact(batch, io, tokens));
        } catch (BackendException e) {
            if (e.kind() == BackendException.Kind.UNSUPPORTED) {
                throw e;
            }
            return new DeviceTicket.Failed(io, e);
        }
    }

    private Submission exact(StepBatch batch, Bindings io, Optional<Buffer> tokens) {
        Object shape = plan.shape(batch, io);
        Optional<Submission> again = again(new Recordings.Key(shape, slots.memory(), tokens), batch);
        return again.isPresent() ? again.get() : anew(shape, batch, io, tokens, downloads(batch, io));
    }

    /** A step of more rows than the caller gave: what comes back are the caller's own, in copies behind the recording that all sizes share. */
    private Submission padded(StepBatch padded, StepBatch batch, Bindings io, Optional<Buffer> tokens) {
        Object shape = plan.shape(padded, io);
        Recordings.Key key = new Recordings.Key(shape, slots.memory(), tokens);
        Optional<Submission> again = again(key, padded);
        Submission step = again.isPresent() ? again.get() : anew(shape, padded, io, tokens, List.of());
        return downloads
                .submit(new Downloads.Key(batch.logitRowCount(), key), () -> downloads(batch, io))
                .orElse(step);
    }

    private List<Command> downloads(StepBatch batch, Bindings io) {
        return program.outputs().stream()
                .flatMap(value -> edge(value, batch, io, Exchange::download).stream())
                .toList();
    }

    /** Submits a step whose launches are recorded. Nothing if they are not. */
    private Optional<Submission> again(Recordings.Key key, StepBatch batch) {
        Optional<Recordings.Step> recorded = recordings.find(key);
        Optional<int[]> words = recorded.flatMap(step -> step.plan().words(batch));
        if (words.isEmpty()) {
            return Optional.empty();
        }
        StepSlots.Slot slot = slots.next(words.get());
        Submission submission = recordings.submit(recorded.get());
        slot.usedBy(submission);
        return Optional.of(submission);
    }

    /** Plans, records and submits a step, with commands behind its launches. */
    private Submission anew(Object shape, StepBatch batch, Bindings io, Optional<Buffer> tokens, List<Command> behind) {
        PlannedStep planned = plan.plan(batch, io);
        Launches launches = planned.launches();
        StepSlots.Slot slot = slots.next(launches.words());
        List<Command> commands = new ArrayList<>(slot.upload(launches.words().length));
        RegionMap memory = region -> memory(region, slot, io, tokens);
        program.inputs().forEach(value -> commands.addAll(edge(value, batch, io, Exchange::upload)));
        commands.addAll(memory.commands(launches.list()));
        commands.addAll(behind);
        Recordings.Key key = new Recordings.Key(shape, slot.memory(), tokens);
        Submission submission = recordings.submit(recordings.record(key, planned, commands));
        slot.usedBy(submission);
        return submission;
    }

    /** What brings a bound value across: the rows that the step has of it, since it leaves others alone (RULES, M9). */
    private List<Command> edge(Value value, StepBatch batch, Bindings io, Crossing crossing) {
        if (!io.buffers().containsKey(value.name()) || io.resident().contains(value.name())) {
            return List.of(); // the batch brings it, or it stays on the device
        }
        Buffer buffer = io.buffer(value.name());
        int rows = switch (value.rows()) {
            case TOKENS -> batch.tokenCount();
            case LOGITS -> batch.logitRowCount();
            case SEQUENCES -> batch.sequences();
            case EXTERNAL -> buffer.rows();
        };
        long bytes = (long) Math.min(rows, buffer.rows())
                * buffer.width()
                * buffer.dtype().bytes();
        return crossing.of(
                buffers.find(value.name(), buffer),
                buffers.pointer(value.name(), buffer).offset(),
                bytes);
    }

    /** A copy to or from the device. */
    @FunctionalInterface
    private interface Crossing {
        List<Command> of(Exchange exchange, long offset, long bytes);
    }

    private Pointer memory(Region region, StepSlots.Slot slot, Bindings io, Optional<Buffer> tokens) {
        return switch (region) {
            case Region.Workspace() -> new Pointer(workspace, 0);
            case Region.Tables() -> new Pointer(tables.device(), 0);
            case Region.Words() -> new Pointer(slot.memory(), 0);
            case Region.Weight(var image) -> weights.image(image);
            case Region.Stack(var stack) -> weights.stack(stack);
            case Region.Cache(int group) ->
                new Pointer(((DeviceCache) io.cache().orElseThrow()).group(group), 0);
            case Region.Bound(String value) -> buffers.pointer(value, io.buffer(value));
            case Region.Sampled() -> buffers.pointer(SAMPLED, tokens.orElseThrow());
            case Region.Staging() -> throw new IllegalStateException("a step stages no blocks");
        };
    }

    @Override
    public long workspaceBytes() {
        return workspace.bytes() + tables.device().bytes() + slots.bytes();
    }

    @Override
    public void close() {
        closed.accept(this);
        owned.close();
    }
}
