package dev.quire.kernels.portable;

import static dev.quire.kernels.portable.Argument.of;

import dev.quire.api.memory.BlockPairs;
import java.util.ArrayList;
import java.util.List;

/** Launches that move whole blocks of a cache group. */
public final class CacheLaunches {
    private CacheLaunches() {}

    /** Copies blocks inside the cache, pair after pair (RULES, M7). */
    public static Launches copy(CacheShape shape, BlockPairs pairs) {
        return pairs.size() == 0
                ? new Launches(new int[0], List.of())
                : launch("copy_blocks", shape, pairs, List.of(Argument.at(new Region.Cache(pairs.group()))));
    }

    /** Gathers cache blocks {@code sources}, one behind another, in {@link Region.Staging}; the backend takes them to the host from there. */
    public static Launches gather(CacheShape shape, int group, int[] sources) {
        return move("gather_blocks", shape, group, sources);
    }

    /** Scatters blocks that lie one behind another in {@link Region.Staging} to cache blocks {@code destinations}, in order. */
    public static Launches scatter(CacheShape shape, int group, int[] destinations) {
        return move("scatter_blocks", shape, group, destinations);
    }

    private static Launches move(String kernel, CacheShape shape, int group, int[] blocks) {
        BlockPairs pairs = new BlockPairs(group, blocks, new int[blocks.length]);
        return blocks.length == 0
                ? new Launches(new int[0], List.of())
                : launch(
                        kernel,
                        shape,
                        pairs,
                        List.of(Argument.at(new Region.Cache(group)), Argument.at(Region.STAGING)));
    }

    private static Launches launch(String kernel, CacheShape shape, BlockPairs pairs, List<Argument> memory) {
        StepWords words = new StepWords();
        int at = words.append(pairs.sources());
        words.append(pairs.destinations());
        int elements = Math.multiplyExact(shape.parts(), shape.blockUnits());
        List<Argument> arguments = new ArrayList<>(memory);
        arguments.addAll(List.of(
                Argument.at(Region.WORDS),
                of(at),
                of(pairs.size()),
                of(elements),
                of(shape.blockUnits()),
                of(Math.toIntExact(shape.partBytes() / Region.ALIGNMENT))));
        return new Launches(
                words.toArray(),
                List.of(KernelLaunch.elementwise(kernel, elements, arguments.toArray(Argument[]::new))));
    }
}
