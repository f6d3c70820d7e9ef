package dev.quire.kernels.portable;

import dev.quire.api.StepLimits;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/** One step as launches are planned for it: its batch, its numbers, and what has been planned so far. */
final class StepFrame {
    private static final String IDS = "ids";
    private static final String POSITIONS = "positions";

    private final Program program;
    private final StepLimits limits;
    private final StepBatch batch;
    private final Bindings io;
    private final Workspace workspace;
    private final Set<Value> multiplied;
    private final StepWords words = new StepWords();
    private final List<KernelLaunch> launches = new ArrayList<>();
    private final Set<Tenant> made = new HashSet<>();
    private final Set<Value> rounded = new HashSet<>();
    private final Map<Object, Object> worked = new HashMap<>();

    /**
     * Where integers lie.
     *
     * @param offset in ints
     */
    record Ints(Argument pointer, Argument offset) {}

    /** @param multiplied values that matrices multiply and nothing else reads */
    StepFrame(
            Program program,
            StepLimits limits,
            StepBatch batch,
            Bindings io,
            Workspace workspace,
            Set<Value> multiplied) {
        this.program = program;
        this.limits = limits;
        this.batch = batch;
        this.io = io;
        this.workspace = workspace;
        this.multiplied = multiplied;
    }

    StepLimits limits() {
        return limits;
    }

    StepBatch batch() {
        return batch;
    }

    StepWords words() {
        return words;
    }

    /** Rows that a value has in this step. */
    int rows(Value value) {
        return switch (value.rows()) {
            case TOKENS -> batch.tokenCount();
            case LOGITS -> batch.logitRowCount();
            case SEQUENCES -> batch.sequences();
            case EXTERNAL -> external(value);
        };
    }

    /** As many as its buffer has, or for a value inside the program the buffer of the first input from outside. */
    private int external(Value value) {
        String name = value.name();
        if (!io.buffers().containsKey(name)) {
            name = program.inputs().stream()
                    .filter(input -> input.rows() == Rows.EXTERNAL)
                    .map(Value::name)
                    .findFirst()
                    .orElse(name);
        }
        return io.buffer(name).rows();
    }

    /** Rows that the workspace holds of a value. */
    int mostRows(Value value) {
        return WorkspaceLeases.rows(value.rows(), limits);
    }

    int elements(Value value) {
        return Math.multiplyExact(rows(value), value.width());
    }

    /** Where a value lies. */
    Argument at(Value value) {
        Tenant inner = new Tenant.Inner(value);
        if (workspace.holds(inner)) {
            StepCheck.buffer(value, rows(value), mostRows(value));
            return workspace.place(inner);
        }
        StepCheck.buffer(
                value,
                value.rows() == Rows.EXTERNAL ? 0 : rows(value),
                io.buffer(value.name()).rows());
        return Argument.at(new Region.Bound(value.name()));
    }

    Argument at(Tenant tenant) {
        return workspace.place(tenant);
    }

    /** Whether this is the first that asks for a tenant that several ops share, and so has to make it. */
    boolean first(Tenant tenant) {
        return made.add(tenant);
    }

    /** A flag for a kernel that makes {@code value}: whether to round it to bf16, which then is done. */
    Argument rounded(Value value) {
        boolean round = multiplied.contains(value);
        if (round) {
            rounded.add(value);
        }
        return OpLaunches.flag(round);
    }

    /** Whether the kernel that made it rounded it to bf16. */
    boolean isRounded(Value value) {
        return rounded.contains(value);
    }

    /** Where an I32 value lies: the batch's own ids and positions, or a bound one. */
    Ints ints(Value value) {
        if (value.equals(Value.TOKENS)) {
            return section(IDS, step -> step.tokens().ids());
        }
        if (value.equals(Value.POSITIONS)) {
            return section(POSITIONS, StepBatch::positions);
        }
        return new Ints(at(value), Argument.of(0));
    }

    /** A section of the step's words, appended when first asked for. {@code content} works for any batch of the same shape. */
    Ints section(Object key, Function<StepBatch, int[]> content) {
        return new Ints(Argument.at(Region.WORDS), Argument.of(words.section(key, batch, content)));
    }

    /** What several ops of the step work out once. */
    <T> T once(Class<T> type, Object key, Supplier<T> work) {
        return type.cast(worked.computeIfAbsent(key, k -> work.get()));
    }

    GroupStep group(int index) {
        return batch.groups().get(index);
    }

    CacheGroup.PagedKv cache(int group) {
        return CacheShape.of(io.cache().orElseThrow().layout().groups().get(group))
                .group();
    }

    /** Plans a launch of a work-item for each element, if there are any; {@code elements} stands among the arguments too. */
    void elementwise(String kernel, int elements, Argument... arguments) {
        if (elements > 0) {
            launches.add(KernelLaunch.elementwise(kernel, elements, arguments));
        }
    }

    /** Plans a launch of at least so many work-items that each are a vector unit, if there are any. */
    void vectors(String kernel, int items, Argument... arguments) {
        launch(kernel, Math.ceilDiv(items, Constants.WIDE_GROUP), Constants.WIDE_GROUP, arguments);
    }

    /** Plans a launch, unless it has no groups. */
    void launch(String kernel, int groups, int groupSize, Argument... arguments) {
        launch(kernel, groups, groupSize, 0, arguments);
    }

    /** Plans a launch that asks for local memory, unless it has no groups. */
    void launch(String kernel, int groups, int groupSize, int localBytes, Argument... arguments) {
        if (groups > 0) {
            launches.add(new KernelLaunch(kernel, groups, groupSize, localBytes, List.of(arguments)));
        }
    }

    PlannedStep finish() {
        return new PlannedStep(words, launches);
    }
}
