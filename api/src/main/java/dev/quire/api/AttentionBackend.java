package dev.quire.api;

import dev.quire.api.memory.BlockPairs;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.HostBlocks;
import dev.quire.api.memory.KvCache;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.Support;
import java.util.List;

/** An open device that runs programs. One thread drives it; what is issued takes effect in the order of issue. */
public interface AttentionBackend extends AutoCloseable {
    /** Device, memory, types and numerics that it offers. */
    BackendInfo info();

    /** Whether it runs {@code op}; pure, and says why not. Ops that it refuses run on the CPU. */
    Support supports(Op op, Numerics numerics);

    /** Copies weights to the device, in its own layout. */
    Weights load(List<WeightRef> refs, WeightSource source);

    /**
     * Prepares a program. All of its ops are supported and its weights are among {@code weights}.
     *
     * @throws BackendException of kind UNSUPPORTED if an op is not
     */
    Executable compile(Program program, Weights weights, StepLimits limits, Numerics numerics);

    /** Allocates a KV cache; values in it read as zero. Called once, after compile. */
    KvCache allocate(KvCacheLayout layout);

    /** Memory for a program's input or output, freed when the backend closes. */
    Buffer buffer(DType dtype, int rows, int width);

    /** Copies blocks inside the cache: copy-on-write. */
    void copyBlocks(KvCache cache, BlockPairs pairs);

    /** Copies cache blocks {@code sources} to host blocks {@code destinations}; the host may read them once a later ticket has completed. */
    void swapOut(KvCache cache, BlockPairs pairs, HostBlocks host);

    /** Copies host blocks {@code sources} to cache blocks {@code destinations}. */
    void swapIn(KvCache cache, BlockPairs pairs, HostBlocks host);

    @Override
    void close();
}
