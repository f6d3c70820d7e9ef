package dev.quire.kernels.portable;

import static dev.quire.kernels.portable.Argument.NOWHERE;
import static dev.quire.kernels.portable.Argument.of;

import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.DType;
import dev.quire.kernels.portable.AttendLaunches.Paged;
import dev.quire.kernels.portable.AttendLaunches.Pages;
import dev.quire.kernels.portable.AttendLaunches.TileList;
import dev.quire.kernels.portable.AttendLaunches.Tiling;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Launches of attention over paged keys on tensor cores, in FAST. Sequences of few query vectors have their contexts cut into parts, where there are
 * too few of them to keep a GPU busy, and the parts are merged; sequences of many walk their contexts in one go.
 */
final class WarpAttendLaunches {
    static final String PARTIALS = "parts of attention";

    /** Work-groups that keep the largest GPU busy to the end: seven for each of 144 multiprocessors. */
    private static final int MOST_PARTS = 1008;
    /** Tokens below which reading a part takes no longer than starting it. */
    private static final int LEAST_PART_TOKENS = 256;
    /** Query vectors of a sequence up to which its context is cut: more fill half a tile of the other kernel. */
    private static final int FEW = 64;
    /** Bytes of one copy of a dimension of keys, which lie in a block by dimension. */
    private static final int COPIED_BYTES = 16;

    /** Of caches whose elements tensor cores multiply, as they are or made wider in registers. */
    private static final Set<DType> TYPES = Set.of(DType.BF16, DType.F16, DType.F8_E4M3);

    private final WorkItem workItem;
    private final TablePool tables;

    WarpAttendLaunches(WorkItem workItem, TablePool tables) {
        this.workItem = workItem;
        this.tables = tables;
    }

    /** Whether an op's heads suit them; its blocks are known only in a step. */
    static boolean suit(Op.Attend o) {
        return o.keys() instanceof KeySource.Cached && suits(o.shape().headSize());
    }

    private static boolean suits(int headSize) {
        return headSize % WarpAttendKernel.UNIT == 0 && headSize <= Constants.ATTEND_HEAD;
    }

    static boolean suit(Pages pages) {
        return TYPES.contains(pages.type()) && pages.blockSize() * pages.type().bytes() % COPIED_BYTES == 0;
    }

    /** What a group of a cache of another type than bf16 asks for. */
    static List<String> kernels(WorkItem workItem, PagedKv group) {
        return group.dtype() != DType.BF16 && TYPES.contains(group.dtype()) && suits(group.headSize())
                ? WarpAttendKernel.names(workItem, group.headSize(), group.dtype())
                : List.of();
    }

    /** Bytes of what parts leave for the merge: sums, and for each vector the largest score and the mass. */
    static long partialBytes(Op.Attend.HeadShape shape) {
        return (long) MOST_PARTS * Constants.DECODE_VECTORS * (shape.headSize() + 2) * Float.BYTES;
    }

    /** @param index of the op in its program */
    void plan(int index, Op.Attend o, Paged paged, StepFrame step) {
        decode(index, o, paged, step);
        prefill(o, paged, step);
    }

    private void decode(int index, Op.Attend o, Paged paged, StepFrame step) {
        Op.Attend.HeadShape shape = o.shape();
        TileList tiles = AttendLaunches.tiles(new Tiling(share(shape), Constants.DECODE_VECTORS, 1, FEW), step);
        int groups = Math.multiplyExact(tiles.count(), shape.kvHeads());
        int longest = longest(o.mask(), paged);
        int splits = splits(groups, longest);
        int units = Math.ceilDiv(Math.ceilDiv(longest, splits), WarpAttendKernel.UNIT);
        Argument partials = step.at(new Tenant.Scratch(index, PARTIALS));
        List<Argument> arguments = new ArrayList<>(memory(o, paged.pages(), step));
        arguments.add(partials);
        arguments.addAll(rest(o, paged, tiles, step));
        arguments.addAll(List.of(of(splits), of(units * WarpAttendKernel.UNIT)));
        launch(
                WarpAttendKernel.decode(shape.headSize(), paged.pages().type()),
                Math.multiplyExact(groups, splits),
                arguments,
                step);
        if (splits > 1) {
            step.launch(
                    WarpAttendKernel.MERGE,
                    groups,
                    Constants.MERGE_GROUP,
                    partials,
                    Argument.at(Region.WORDS),
                    step.at(o.out()),
                    tiles.offset(),
                    starts(step),
                    of(splits),
                    of(shape.heads()),
                    of(shape.kvHeads()),
                    of(shape.headSize()));
        }
    }

    private void prefill(Op.Attend o, Paged paged, StepFrame step) {
        Op.Attend.HeadShape shape = o.shape();
        WarpAttendKernel kernel = WarpAttendKernel.prefill(
                workItem, shape.headSize(), paged.pages().type());
        TileList tiles =
                AttendLaunches.tiles(new Tiling(share(shape), kernel.vectors(), FEW + 1, Integer.MAX_VALUE), step);
        List<Argument> arguments = new ArrayList<>(memory(o, pages(o, kernel, paged.pages(), step), step));
        arguments.add(of(tiles.count()));
        arguments.addAll(rest(o, paged, tiles, step));
        launch(kernel, Math.multiplyExact(tiles.count(), shape.kvHeads()), arguments, step);
    }

    private static void launch(WarpAttendKernel kernel, int groups, List<Argument> arguments, StepFrame step) {
        step.launch(kernel.name(), groups, kernel.groupSize(), kernel.localBytes(), arguments.toArray(Argument[]::new));
    }

    /** Pages as a kernel for prompts reads them. */
    private static Pages pages(Op.Attend o, WarpAttendKernel kernel, Pages pages, StepFrame step) {
        return switch (kernel.copies()) {
            case PIECES -> pages;
            case BOXES -> {
                PagedKv cache = step.cache(((KeySource.Cached) o.keys()).cache().group());
                yield PageBoxes.of(pages, cache.headSize(), (long) cache.blocks() * cache.kvHeads());
            }
        };
    }

    private List<Argument> memory(Op.Attend o, Pages pages, StepFrame step) {
        return List.of(
                step.at(o.q()),
                pages.keys(),
                pages.values(),
                Argument.at(Region.WORDS),
                o.alibi().isEmpty() ? NOWHERE : tables.slopes(o.alibi()),
                step.at(o.out()));
    }

    private static List<Argument> rest(Op.Attend o, Paged paged, TileList tiles, StepFrame step) {
        Op.Attend.HeadShape shape = o.shape();
        return List.of(
                tiles.offset(),
                starts(step),
                step.ints(Value.POSITIONS).offset(),
                paged.ends().offset(),
                paged.blocks().offset(),
                of(paged.stride()),
                of(paged.pages().blockSize()),
                of(shape.heads()),
                of(shape.kvHeads()),
                of((float) shape.scale()),
                of(AttendLaunches.maskKind(o.mask())),
                of(o.mask() instanceof Mask.SlidingWindow(int size) ? size : 0),
                OpLaunches.flag(o.softCap().isPresent()),
                of(o.softCap().orElse(0f)),
                OpLaunches.flag(!o.alibi().isEmpty()));
    }

    private static Argument starts(StepFrame step) {
        return step.section("query starts", StepBatch::queryStarts).offset();
    }

    private static int share(Op.Attend.HeadShape shape) {
        return shape.heads() / shape.kvHeads();
    }

    /** Tokens that the vectors of a tile see at most, together. */
    private static int longest(Mask mask, Paged paged) {
        int context = paged.stride() * paged.pages().blockSize();
        return mask instanceof Mask.SlidingWindow(int size)
                ? (int) Math.min(context, (long) size + Constants.DECODE_VECTORS + WarpAttendKernel.UNIT)
                : context;
    }

    /** Parts of each context: as many as there is room for, unless they become small. */
    private static int splits(int groups, int longest) {
        int room = MOST_PARTS / Math.max(1, groups);
        return Math.clamp(longest / LEAST_PART_TOKENS, 1, Math.max(1, room));
    }
}
