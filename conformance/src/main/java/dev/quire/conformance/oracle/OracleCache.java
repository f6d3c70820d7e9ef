package dev.quire.conformance.oracle;

import dev.quire.api.memory.BlockPairs;
import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.memory.HostBlocks;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.List;

/** Keys and values in float64, a row of {@code kvHeads · headSize} per slot. Swapping rounds to float32. */
final class OracleCache implements KvCache {
    private final KvCacheLayout layout;
    private final List<double[][][]> groups = new ArrayList<>();

    OracleCache(KvCacheLayout layout) {
        this.layout = layout;
        for (CacheGroup group : layout.groups()) {
            PagedKv kv = (PagedKv) group;
            int slots = Math.multiplyExact(kv.blocks(), kv.blockSize());
            groups.add(new double[kv.layers()][2][Math.multiplyExact(slots, kv.kvHeads() * kv.headSize())]);
        }
    }

    @Override
    public KvCacheLayout layout() {
        return layout;
    }

    /** Keys of a layer, [slots, kvHeads · headSize]. */
    double[] keys(CacheRef ref) {
        return groups.get(ref.group())[ref.layer()][0];
    }

    /** Values of a layer, [slots, kvHeads · headSize]. */
    double[] values(CacheRef ref) {
        return groups.get(ref.group())[ref.layer()][1];
    }

    int blockSize(CacheRef ref) {
        return layout.groups().get(ref.group()).blockSize();
    }

    void copyBlocks(BlockPairs pairs) {
        for (int i = 0; i < pairs.size(); i++) {
            for (double[][] layer : groups.get(pairs.group())) {
                for (double[] half : layer) {
                    int n = blockElements(pairs.group());
                    System.arraycopy(half, pairs.sources()[i] * n, half, pairs.destinations()[i] * n, n);
                }
            }
        }
    }

    void swapOut(BlockPairs pairs, HostBlocks host) {
        for (int i = 0; i < pairs.size(); i++) {
            long at = pairs.destinations()[i] * host.blockBytes();
            for (double[][] layer : groups.get(pairs.group())) {
                for (double[] half : layer) {
                    int n = blockElements(pairs.group());
                    for (int e = 0; e < n; e++, at += Float.BYTES) {
                        host.memory()
                                .set(ValueLayout.JAVA_FLOAT_UNALIGNED, at, (float) half[pairs.sources()[i] * n + e]);
                    }
                }
            }
        }
    }

    void swapIn(BlockPairs pairs, HostBlocks host) {
        for (int i = 0; i < pairs.size(); i++) {
            long at = pairs.sources()[i] * host.blockBytes();
            for (double[][] layer : groups.get(pairs.group())) {
                for (double[] half : layer) {
                    int n = blockElements(pairs.group());
                    for (int e = 0; e < n; e++, at += Float.BYTES) {
                        half[pairs.destinations()[i] * n + e] = host.memory().get(ValueLayout.JAVA_FLOAT_UNALIGNED, at);
                    }
                }
            }
        }
    }

    @Override
    public void close() {
        groups.clear();
    }

    private int blockElements(int group) {
        PagedKv kv = (PagedKv) layout.groups().get(group);
        return kv.blockSize() * kv.kvHeads() * kv.headSize();
    }
}
