package dev.quire.conformance.interpreter;

import dev.quire.api.format.E4M3;
import dev.quire.api.format.PlainEncoder;
import dev.quire.api.memory.BlockPairs;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.memory.HostBlocks;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import dev.quire.api.types.DType;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;
import java.util.function.IntFunction;

/**
 * Keys and values in Java arrays, a row of {@code kvHeads · headSize} per slot. Swapped blocks hold elements of the group's type: layer by
 * layer, keys before values.
 *
 * @param <A> the array type, {@code float[]} or {@code double[]}
 */
public abstract class HeapCache<A> implements KvCache {
    private final KvCacheLayout layout;
    /** By group and layer, keys at 2 · layer and values behind them. */
    private final List<List<A>> groups = new ArrayList<>();

    /** @param zeros makes an array of zeros */
    protected HeapCache(KvCacheLayout layout, IntFunction<A> zeros) {
        this.layout = layout;
        for (CacheGroup group : layout.groups()) {
            PagedKv kv = (PagedKv) group;
            int elements =
                    Math.multiplyExact(Math.multiplyExact(kv.blocks(), kv.blockSize()), kv.kvHeads() * kv.headSize());
            List<A> arrays = new ArrayList<>();
            for (int i = 0; i < 2 * kv.layers(); i++) {
                arrays.add(zeros.apply(elements));
            }
            groups.add(arrays);
        }
    }

    protected abstract float get(A array, int index);

    protected abstract void set(A array, int index, float value);

    @Override
    public final KvCacheLayout layout() {
        return layout;
    }

    /** Keys of a layer, [slots, kvHeads · headSize]. */
    public final A keys(CacheRef ref) {
        return groups.get(ref.group()).get(2 * ref.layer());
    }

    /** Values of a layer, [slots, kvHeads · headSize]. */
    public final A values(CacheRef ref) {
        return groups.get(ref.group()).get(2 * ref.layer() + 1);
    }

    /** Tokens of a block. */
    public final int blockSize(CacheRef ref) {
        return layout.groups().get(ref.group()).blockSize();
    }

    /** Copies blocks in order (RULES M7). */
    public final void copyBlocks(BlockPairs pairs) {
        int n = blockElements(pairs.group());
        for (int i = 0; i < pairs.size(); i++) {
            for (A array : groups.get(pairs.group())) {
                System.arraycopy(array, pairs.sources()[i] * n, array, pairs.destinations()[i] * n, n);
            }
        }
    }

    /** Copies cache blocks to host blocks (RULES M8). */
    public final void swapOut(BlockPairs pairs, HostBlocks host) {
        int n = blockElements(pairs.group());
        DType dtype = group(pairs.group()).dtype();
        for (int i = 0; i < pairs.size(); i++) {
            long at = pairs.destinations()[i] * host.blockBytes();
            for (A array : groups.get(pairs.group())) {
                for (int e = 0; e < n; e++, at += dtype.bytes()) {
                    encode(dtype, host.memory(), at, get(array, pairs.sources()[i] * n + e));
                }
            }
        }
    }

    /** Copies host blocks to cache blocks (RULES M8). */
    public final void swapIn(BlockPairs pairs, HostBlocks host) {
        int n = blockElements(pairs.group());
        DType dtype = group(pairs.group()).dtype();
        for (int i = 0; i < pairs.size(); i++) {
            long at = pairs.sources()[i] * host.blockBytes();
            for (A array : groups.get(pairs.group())) {
                for (int e = 0; e < n; e++, at += dtype.bytes()) {
                    set(array, pairs.destinations()[i] * n + e, decode(dtype, host.memory(), at));
                }
            }
        }
    }

    @Override
    public final void close() {
        groups.clear();
    }

    private PagedKv group(int index) {
        return (PagedKv) layout.groups().get(index);
    }

    private int blockElements(int index) {
        PagedKv kv = group(index);
        return kv.blockSize() * kv.kvHeads() * kv.headSize();
    }

    private static void encode(DType dtype, MemorySegment memory, long at, float value) {
        switch (dtype) {
            case F32 -> memory.set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, value);
            case BF16 -> memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, PlainEncoder.toBf16(value));
            case F16 -> memory.set(ValueLayout.JAVA_SHORT_UNALIGNED, at, Float.floatToFloat16(value));
            case F8_E4M3 -> memory.set(ValueLayout.JAVA_BYTE, at, E4M3.encode(value));
            case I32 -> throw new IllegalStateException("no cache holds integers");
        }
    }

    private static float decode(DType dtype, MemorySegment memory, long at) {
        return switch (dtype) {
            case F32 -> memory.get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
            case BF16 -> PlainEncoder.fromBf16(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, at));
            case F16 -> Float.float16ToFloat(memory.get(ValueLayout.JAVA_SHORT_UNALIGNED, at));
            case F8_E4M3 -> E4M3.decode(memory.get(ValueLayout.JAVA_BYTE, at));
            case I32 -> throw new IllegalStateException("no cache holds integers");
        };
    }
}
