package dev.quire.conformance.broken;

import dev.quire.api.AttentionBackend;
import dev.quire.api.format.E4M3;
import dev.quire.api.format.PlainEncoder;
import dev.quire.api.memory.BlockPairs;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.memory.HostBlocks;
import dev.quire.api.memory.KvCache;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.stream.IntStream;

/** Multiplies masked values by zero: NaN anywhere in a sequence's last block makes its outputs NaN. */
final class PoisonReader {
    private final AttentionBackend backend;

    PoisonReader(AttentionBackend backend) {
        this.backend = backend;
    }

    void poison(Program program, StepBatch batch, Bindings io) {
        for (Op op : program.ops()) {
            if (op instanceof Op.Attend a
                    && a.keys() instanceof KeySource.Cached(var at)
                    && program.outputs().contains(a.out())) {
                for (int s = 0; s < batch.sequences(); s++) {
                    if (poisoned(io.cache().orElseThrow(), batch.groups().get(at.group()), at.group(), at.layer(), s)) {
                        spoil(io.buffer(a.out().name()), batch.queryStarts()[s], batch.queryStarts()[s + 1]);
                    }
                }
            }
        }
    }

    private boolean poisoned(KvCache cache, GroupStep step, int group, int layer, int sequence) {
        PagedKv kv = (PagedKv) cache.layout().groups().get(group);
        int context = step.contextLengths()[sequence];
        if (context % kv.blockSize() == 0) {
            return false;
        }
        int block = step.block(sequence, context / kv.blockSize());
        long bytes = kv.blockBytes();
        try (Arena arena = Arena.ofConfined()) {
            HostBlocks host = new HostBlocks(arena.allocate(bytes, 64), bytes);
            backend.swapOut(cache, new BlockPairs(group, new int[] {block}, new int[] {0}), host);
            long half = bytes / (2L * kv.layers());
            MemorySegment values = host.memory().asSlice((2L * layer + 1) * half, half);
            int elements = Math.toIntExact(half / kv.dtype().bytes());
            return IntStream.range(0, elements).anyMatch(i -> Float.isNaN(element(kv, values, i)));
        }
    }

    private static float element(PagedKv kv, MemorySegment memory, int i) {
        return switch (kv.dtype()) {
            case F32 -> memory.getAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i);
            case BF16 -> PlainEncoder.fromBf16(memory.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i));
            case F16 -> Float.float16ToFloat(memory.getAtIndex(ValueLayout.JAVA_SHORT_UNALIGNED, i));
            case F8_E4M3 -> E4M3.decode(memory.getAtIndex(ValueLayout.JAVA_BYTE, i));
            case I32 -> throw new IllegalStateException("no cache holds integers");
        };
    }

    private static void spoil(Buffer buffer, int from, int to) {
        for (int row = from; row < to; row++) {
            for (int i = 0; i < buffer.width(); i++) {
                buffer.memory()
                        .setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, (long) row * buffer.width() + i, Float.NaN);
            }
        }
    }
}
