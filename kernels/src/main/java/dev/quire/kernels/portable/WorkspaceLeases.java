package dev.quire.kernels.portable;

import dev.quire.api.StepLimits;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import dev.quire.api.types.Numerics;
import dev.quire.kernels.portable.Workspace.Lease;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a program keeps in its workspace, and for how long. */
final class WorkspaceLeases {
    private record Life(int from, int to) {}

    private final StepLimits limits;
    private final KernelChoice choice;
    /** By the ops' numbers, the lives of their stages: what is made in one is alive throughout. */
    private final List<Life> stages = new ArrayList<>();

    private WorkspaceLeases(List<Stage> stages, StepLimits limits, KernelChoice choice) {
        this.limits = limits;
        this.choice = choice;
        for (Stage stage : stages) {
            int from = this.stages.size();
            Life life = new Life(from, from + stage.ops().size() - 1);
            stage.ops().forEach(op -> this.stages.add(life));
        }
    }

    static List<Lease> of(Program program, List<Stage> stages, StepLimits limits, KernelChoice choice) {
        WorkspaceLeases leases = new WorkspaceLeases(stages, limits, choice);
        List<Lease> list = new ArrayList<>(leases.values(program));
        list.addAll(leases.rounded(program));
        list.addAll(leases.sorted(program));
        for (int i = 0; i < program.ops().size(); i++) {
            list.addAll(leases.scratch(i, program.ops().get(i)));
        }
        return list;
    }

    /** Most rows that a value may have in a step. */
    static int rows(Rows rows, StepLimits limits) {
        return switch (rows) {
            case TOKENS, EXTERNAL -> limits.maxTokens();
            case LOGITS -> limits.maxLogitRows();
            case SEQUENCES -> limits.maxSequences();
        };
    }

    private List<Lease> values(Program program) {
        Set<Value> bound = new HashSet<>(program.inputs());
        bound.addAll(program.outputs());
        Map<Value, Life> lives = new LinkedHashMap<>();
        for (int i = 0; i < program.ops().size(); i++) {
            Life now = stages.get(i);
            for (Value value : program.ops().get(i).outputs()) {
                lives.put(value, now);
            }
            for (Value value : program.ops().get(i).inputs()) {
                lives.computeIfPresent(value, (v, life) -> new Life(life.from(), now.to()));
            }
        }
        List<Lease> leases = new ArrayList<>();
        lives.forEach((value, life) -> {
            if (!bound.contains(value)) {
                long bytes = elements(value) * value.dtype().bytes()
                        + Rounding.of(choice.workItem()).slack();
                leases.add(new Lease(new Tenant.Inner(value), bytes, life.from(), life.to()));
            }
        });
        return leases;
    }

    private List<Lease> rounded(Program program) {
        Map<Tenant.Rounded, Life> lives = new HashMap<>();
        for (int i = 0; i < program.ops().size(); i++) {
            Life now = stages.get(i);
            multiplied(program.ops().get(i)).ifPresent(x -> lives.merge(x, now, (a, b) -> new Life(a.from(), b.to())));
        }
        List<Lease> leases = new ArrayList<>();
        lives.forEach((image, life) -> {
            long bytes = image.as().bytes(elements(image.value()));
            leases.add(new Lease(image, bytes, life.from(), life.to()));
        });
        return leases;
    }

    private List<Lease> sorted(Program program) {
        Map<PartOrder, Life> lives = new HashMap<>();
        for (int i = 0; i < program.ops().size(); i++) {
            Life now = stages.get(i);
            if (program.ops().get(i) instanceof ExpertOp.ExpertLinear linear) {
                lives.merge(PartOrder.of(linear), now, (a, b) -> new Life(a.from(), b.to()));
            }
        }
        List<Lease> leases = new ArrayList<>();
        lives.forEach((order, life) -> {
            long bytes = order.bytes(rows(order.experts().rows(), limits));
            leases.add(new Lease(new Tenant.Sorted(order), bytes, life.from(), life.to()));
        });
        return leases;
    }

    /** What an op multiplies by matrices, where it is rounded for that. */
    private Optional<Tenant.Rounded> multiplied(Op op) {
        return switch (op) {
            case Op.Linear linear
            when WarpLinearLaunches.suit(linear, choice) ->
                Optional.of(new Tenant.Rounded(linear.x(), Rounding.SHORTS));
            case Op.Linear linear
            when choice.rounds(linear) -> Optional.of(new Tenant.Rounded(linear.x(), Rounding.of(choice.workItem())));
            case ExpertOp.ExpertLinear linear
            when choice.rounds(linear) -> Optional.of(new Tenant.Rounded(linear.x(), Rounding.SHORTS));
            default -> Optional.empty();
        };
    }

    private List<Lease> scratch(int index, Op op) {
        return switch (op) {
            case Op.Attend attend
            when choice.numerics() == Numerics.REPRODUCIBLE && attend.keys() instanceof KeySource.Step -> {
                long bytes = new StepKeys(attend.shape(), limits).partBytes();
                yield List.of(
                        new Lease(new Tenant.Scratch(index, StepKeys.KEYS), bytes, index, index),
                        new Lease(new Tenant.Scratch(index, StepKeys.VALUES), bytes, index, index));
            }
            case Op.Attend attend
            when choice.tensorCores() && attend.keys() instanceof KeySource.Cached -> {
                long bytes = WarpAttendLaunches.partialBytes(attend.shape());
                yield List.of(new Lease(new Tenant.Scratch(index, WarpAttendLaunches.PARTIALS), bytes, index, index));
            }
            case Op.Sample sample -> {
                long bytes = (long) SampleLaunches.groups(limits.maxLogitRows(), choice.workItem())
                        * sample.logits().width()
                        * Float.BYTES;
                long slices = SampleParts.bytes(sample, choice.workItem());
                List<Lease> leases = new ArrayList<>();
                leases.add(new Lease(new Tenant.Scratch(index, SampleLaunches.ADJUSTED), bytes, index, index));
                if (slices > 0) {
                    leases.add(new Lease(new Tenant.Scratch(index, SampleParts.PARTIALS), slices, index, index));
                }
                yield leases;
            }
            case Op.Linear linear
            when choice.library(linear).isPresent() ->
                List.of(new Lease(
                        new Tenant.Scratch(index, LibraryLinear.WORKSPACE),
                        choice.library(linear).get().workspaceBytes(),
                        index,
                        index));
            default -> List.of();
        };
    }

    private long elements(Value value) {
        return (long) rows(value.rows(), limits) * value.width();
    }
}
