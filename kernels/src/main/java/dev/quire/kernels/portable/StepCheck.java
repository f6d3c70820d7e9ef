package dev.quire.kernels.portable;

import dev.quire.api.BackendException;
import dev.quire.api.StepLimits;
import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Rotary;
import dev.quire.api.program.Value;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import java.util.HashSet;
import java.util.Set;

/** Refuses steps that would lead a kernel into foreign memory, since a device may not survive that. */
record StepCheck(Program program, StepLimits limits, StepBatch batch) {
    /**
     * Checks what does not depend on bindings.
     *
     * @throws BackendException of kind UNSUPPORTED if the step exceeds the limits, or STEP_FAILED if it names what is not there
     */
    void run() {
        limits.check(batch);
        slots();
        Set<Rotary> rotations = new HashSet<>();
        for (Op op : program.ops()) {
            switch (op) {
                case Op.Embed embed
                when embed.ids().equals(Value.TOKENS) ->
                    rows(embed, batch.tokens().ids());
                case Op.Embed embed when embed.ids().equals(Value.POSITIONS) -> rows(embed, batch.positions());
                case Op.Rope rope
                when rope.positions().equals(Value.POSITIONS) && rotations.add(rope.rotary()) -> positions();
                default -> {}
            }
        }
    }

    /** Negative ids are not known yet. */
    private static void rows(Op.Embed embed, int[] ids) {
        for (int id : ids) {
            int row = id + embed.offset();
            if (id >= 0 && (row < 0 || row >= embed.table().rows())) {
                throw failed("table '%s' has rows 0 to %d; row %d was looked up"
                        .formatted(embed.table().name(), embed.table().rows() - 1, row));
            }
        }
    }

    private void positions() {
        for (int position : batch.positions()) {
            if (position < 0 || position >= limits.maxContext()) {
                throw failed(
                        "a token has position %d; the rotary tables hold 0 to %d; raise the step limits' longest context"
                                .formatted(position, limits.maxContext() - 1));
            }
        }
    }

    /** Checks a buffer that the step reads or writes. */
    static void buffer(Value value, int rows, int capacity) {
        if (rows > capacity) {
            throw failed("'%s' has %d rows; its buffer holds %d".formatted(value.name(), rows, capacity));
        }
    }

    /** Callers name no slot that only padding may name. */
    private void slots() {
        for (int g = 0; g < batch.groups().size(); g++) {
            for (int slot : batch.groups().get(g).slots()) {
                if (slot < 0) {
                    throw failed("slot %d of cache group %d: slots count from 0".formatted(slot, g));
                }
            }
        }
    }

    /** Checks the slots that a step writes; rows of padding have none. */
    static void slots(CacheRef target, int[] slots, PagedKv cache) {
        for (int slot : slots) {
            if (slot != StepPadding.NOWHERE && slot / cache.blockSize() >= cache.blocks()) {
                throw failed("slot %d of cache group %d: it has %d blocks of %d tokens"
                        .formatted(slot, target.group(), cache.blocks(), cache.blockSize()));
            }
        }
    }

    /** Checks the blocks that hold a sequence's context. */
    static void blocks(GroupStep group, int sequence, int count, PagedKv cache) {
        for (int i = 0; i < count; i++) {
            int block = i < group.tableStride() ? group.block(sequence, i) : -1;
            if (block < 0 || block >= cache.blocks()) {
                throw failed(
                        "entry %d of sequence %d's block table, which has %d, is block %d; cache '%s' has %d blocks"
                                .formatted(i, sequence, group.tableStride(), block, cache.name(), cache.blocks()));
            }
        }
    }

    private static BackendException failed(String message) {
        return new BackendException(BackendException.Kind.STEP_FAILED, message);
    }
}
