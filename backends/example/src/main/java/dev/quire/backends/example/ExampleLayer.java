package dev.quire.backends.example;

import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.Op;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.backends.example.ExampleBackend.Blocks;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/** Keys and values of one layer in a step. A block holds [layer, k or v, token, kvHeads · headSize] of bf16. */
record ExampleLayer(MemorySegment blocks, PagedKv group, int index, GroupStep step) {
    /** The layer that an op names. */
    static ExampleLayer of(Blocks cache, Op op, StepBatch batch) {
        CacheRef at = op.cache().orElseThrow();
        PagedKv group = (PagedKv) cache.layout().groups().get(at.group());
        return new ExampleLayer(
                cache.groups().get(at.group()),
                group,
                at.layer(),
                batch.groups().get(at.group()));
    }

    /** Stores each row at its slot (M3). */
    void write(Op.WriteKv op, Bindings io) {
        for (int t = 0; t < step.slots().length; t++) {
            for (int i = 0; i < op.k().width(); i++) {
                put(element(step.slots()[t], 0, i), io.buffer(op.k().name()).floatAt(t, i));
                put(element(step.slots()[t], 1, i), io.buffer(op.v().name()).floatAt(t, i));
            }
        }
    }

    int context(int sequence) {
        return step.contextLengths()[sequence];
    }

    /** Element i of the key of a sequence's token j (M4). */
    float key(int sequence, int j, int i) {
        return get(element(slot(sequence, j), 0, i));
    }

    float value(int sequence, int j, int i) {
        return get(element(slot(sequence, j), 1, i));
    }

    static void put(Buffer buffer, int row, int column, float x) {
        buffer.memory().setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, (long) row * buffer.width() + column, x);
    }

    private int slot(int sequence, int j) {
        return step.block(sequence, j / group.blockSize()) * group.blockSize() + j % group.blockSize();
    }

    private long element(int slot, int half, int i) {
        int size = group.blockSize();
        long plane = (slot / size * (long) group.layers() + index) * 2 + half;
        return (plane * size + slot % size) * group.kvHeads() * group.headSize() + i;
    }

    private float get(long element) {
        return Float.intBitsToFloat(blocks.getAtIndex(ValueLayout.JAVA_SHORT, element) << 16);
    }

    private void put(long element, float x) {
        short bits = (short) (Float.floatToRawIntBits(Canon1.bf16(x)) >>> 16);
        blocks.setAtIndex(ValueLayout.JAVA_SHORT, element, bits);
    }
}
