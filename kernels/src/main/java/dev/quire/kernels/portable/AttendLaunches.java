package dev.quire.kernels.portable;

import static dev.quire.kernels.portable.Argument.NOWHERE;
import static dev.quire.kernels.portable.Argument.of;

import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.step.GroupStep;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.DType;
import dev.quire.kernels.portable.StepFrame.Ints;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Launches that write keys and values, and that attend to them. */
final class AttendLaunches {
    private static final String STEP_KEYS = "step keys";
    /** Tokens and dimensions that {@code attend_wide} takes at once. */
    private static final int WIDTH = Constants.LANES / 2;

    private final TablePool tables;
    private final WorkItem workItem;
    private final Optional<WarpAttendLaunches> warp;

    /** A section of what a group's part of the batch says. */
    private record GroupSection(int group, String what) {}

    /**
     * How the query vectors of sequences are cut into tiles.
     *
     * @param headsPerKvHead vectors of a row that read the same keys
     * @param vectors of a tile
     * @param least vectors of sequences that are cut at all; others have no tiles
     * @param most likewise
     */
    record Tiling(int headsPerKvHead, int vectors, int least, int most) {
        /** Of all sequences. */
        static Tiling all(int headsPerKvHead, int vectors) {
            return new Tiling(headsPerKvHead, vectors, 1, Integer.MAX_VALUE);
        }

        private int tiles(StepBatch batch, int sequence) {
            int count = AttendLaunches.vectors(batch, sequence, headsPerKvHead);
            return count < least || count > most ? 0 : Math.ceilDiv(count, vectors);
        }
    }

    /** Pages of keys and of values, wherever they lie. */
    record Pages(Argument keys, Argument values, DType type, int blockSize) {}

    /** Pages, and which of them belong to which sequence. */
    record Paged(Pages pages, Ints first, Ints ends, Ints blocks, int stride) {}

    AttendLaunches(TablePool tables, KernelChoice choice) {
        this.tables = tables;
        this.workItem = choice.workItem();
        this.warp = choice.tensorCores()
                ? Optional.of(new WarpAttendLaunches(choice.workItem(), tables))
                : Optional.empty();
    }

    /** Kernels of an op that its work-item does not name. */
    List<String> ownKernels(Op.Attend o) {
        return warp.isPresent() && WarpAttendLaunches.suit(o)
                ? WarpAttendKernel.names(workItem, o.shape().headSize(), DType.BF16)
                : List.of();
    }

    void write(Op.WriteKv o, StepFrame step) {
        CacheRef to = o.target();
        PagedKv cache = step.cache(to.group());
        Ints slots = slots(to, cache, step);
        write(o.k(), o.v(), cache.headSize(), pages(cache, to), slots, step);
    }

    /** Where each row's key and value go. */
    Ints slots(CacheRef to, PagedKv cache, StepFrame step) {
        return step.section(new GroupSection(to.group(), "slots"), batch -> {
            int[] named = batch.groups().get(to.group()).slots();
            StepCheck.slots(to, named, cache);
            return named;
        });
    }

    private void write(Value k, Value v, int headSize, Pages to, Ints slots, StepFrame step) {
        int heads = k.width() / headSize;
        int items = workItem == WorkItem.VECTOR ? Math.multiplyExact(step.rows(k), heads) : step.elements(k);
        Argument[] arguments = {
            step.at(k),
            step.at(v),
            slots.pointer(),
            slots.offset(),
            to.keys(),
            to.values(),
            of(items),
            of(heads),
            of(headSize),
            of(to.blockSize())
        };
        switch (workItem) {
            case LANE, SIMPLE_LANE, WARP, WARP_GROUP ->
                step.elementwise(CacheKernels.portable("write_kv", to.type()), items, arguments);
            case VECTOR -> step.vectors(CacheKernels.own("write_kv_wide", to.type()), items, arguments);
        }
    }

    void attend(int index, Op.Attend o, StepFrame step) {
        Paged paged = switch (o.keys()) {
            case KeySource.Cached(CacheRef from) -> cached(from, step);
            case KeySource.Step(Value k, Value v) -> ofStep(index, o, k, v, step);
        };
        if (warp.isPresent() && WarpAttendLaunches.suit(o) && WarpAttendLaunches.suit(paged.pages())) {
            warp.get().plan(index, o, paged, step);
            return;
        }
        Op.Attend.HeadShape shape = o.shape();
        StepBatch batch = step.batch();
        int headsPerKvHead = shape.heads() / shape.kvHeads();
        TileList tiles = tiles(Tiling.all(headsPerKvHead, Constants.ATTEND_VECTORS), step);
        Ints starts = step.section("query starts", StepBatch::queryStarts);
        Ints positions = step.ints(Value.POSITIONS);
        Pages pages = paged.pages();
        boolean wide = workItem == WorkItem.VECTOR && pages.blockSize() % WIDTH == 0 && shape.headSize() % WIDTH == 0;
        List<Argument> arguments = new ArrayList<>(List.of(
                step.at(o.q()),
                pages.keys(),
                pages.values(),
                Argument.at(Region.WORDS),
                o.alibi().isEmpty() ? NOWHERE : tables.slopes(o.alibi()),
                step.at(o.out()),
                tiles.offset(),
                starts.offset(),
                positions.offset(),
                paged.first().offset(),
                paged.ends().offset(),
                paged.blocks().offset(),
                of(paged.stride()),
                of(pages.blockSize()),
                of(shape.heads()),
                of(shape.kvHeads()),
                of(shape.headSize()),
                of((float) shape.scale()),
                of(maskKind(o.mask())),
                of(o.mask() instanceof Mask.SlidingWindow(int size) ? size : 0),
                OpLaunches.flag(o.softCap().isPresent()),
                of(o.softCap().orElse(0f)),
                OpLaunches.flag(!o.alibi().isEmpty())));
        int groups = Math.multiplyExact(tiles.count(), shape.kvHeads());
        if (wide) {
            arguments.add(step.rounded(o.out()));
            String kernel = StepShape.longestQuery(batch) * headsPerKvHead <= Constants.ATTEND_FEW
                    ? "attend_wide_few"
                    : "attend_wide";
            step.launch(CacheKernels.own(kernel, pages.type()), groups, 1, arguments.toArray(Argument[]::new));
        } else {
            String kernel = CacheKernels.portable("attend", pages.type());
            step.launch(kernel, groups, Constants.ATTEND_GROUP, arguments.toArray(Argument[]::new));
        }
    }

    private static Paged cached(CacheRef from, StepFrame step) {
        PagedKv cache = step.cache(from.group());
        int stride = StepShape.stride(step.group(from.group()), cache.blockSize(), step.limits());
        return new Paged(
                pages(cache, from),
                step.section("zeros", batch -> new int[batch.sequences()]),
                step.section(
                        new GroupSection(from.group(), "context lengths"),
                        batch -> batch.groups().get(from.group()).contextLengths()),
                step.section(
                        new GroupSection(from.group(), "block tables"),
                        batch -> tables(batch.groups().get(from.group()), cache, stride)),
                stride);
    }

    /** The block tables, cut to the longest context; entries past a context stay 0 and are never followed (RULES, M4). */
    private static int[] tables(GroupStep group, PagedKv cache, int stride) {
        int sequences = group.contextLengths().length;
        int[] tables = new int[sequences * stride];
        for (int s = 0; s < sequences; s++) {
            int blocks = Math.ceilDiv(group.contextLengths()[s], cache.blockSize());
            StepCheck.blocks(group, s, blocks, cache);
            System.arraycopy(group.blockTables(), s * group.tableStride(), tables, s * stride, blocks);
        }
        return tables;
    }

    private Paged ofStep(int index, Op.Attend o, Value k, Value v, StepFrame step) {
        StepKeys.Pages own = step.once(StepKeys.Pages.class, STEP_KEYS, () -> StepKeys.pages(step.batch()));
        Argument keys = step.at(new Tenant.Scratch(index, StepKeys.KEYS));
        Argument values = step.at(new Tenant.Scratch(index, StepKeys.VALUES));
        Pages pages = new Pages(keys, values, DType.BF16, StepKeys.BLOCK);
        Ints slots = step.section(
                STEP_KEYS + " slots", batch -> StepKeys.pages(batch).slots());
        write(k, v, o.shape().headSize(), pages, slots, step);
        return new Paged(
                pages,
                step.section(
                        STEP_KEYS + " first", batch -> StepKeys.pages(batch).first()),
                step.section(STEP_KEYS + " ends", batch -> StepKeys.pages(batch).ends()),
                step.section(
                        STEP_KEYS + " tables", batch -> StepKeys.pages(batch).tables()),
                own.stride());
    }

    /** Tiles in the step's words. */
    record TileList(Argument offset, int count) {}

    /** The tiles of a step. */
    static TileList tiles(Tiling tiling, StepFrame step) {
        int count = step.once(Integer.class, tiling, () -> tiles(tiling, step.batch()).length / 2);
        return new TileList(step.section(tiling, batch -> tiles(tiling, batch)).offset(), count);
    }

    /** Pairs of sequence and first vector. The vectors of a tile read the same keys of each KV head. */
    private static int[] tiles(Tiling tiling, StepBatch batch) {
        int count = 0;
        for (int s = 0; s < batch.sequences(); s++) {
            count += tiling.tiles(batch, s);
        }
        int[] tiles = new int[2 * count];
        int at = 0;
        for (int s = 0; s < batch.sequences(); s++) {
            for (int i = 0; i < tiling.tiles(batch, s); i++) {
                tiles[at++] = s;
                tiles[at++] = i * tiling.vectors();
            }
        }
        return tiles;
    }

    private static int vectors(StepBatch batch, int sequence, int headsPerKvHead) {
        return (batch.queryStarts()[sequence + 1] - batch.queryStarts()[sequence]) * headsPerKvHead;
    }

    static int maskKind(Mask mask) {
        return switch (mask) {
            case Mask.Causal() -> Constants.MASK_CAUSAL;
            case Mask.SlidingWindow(int size) -> Constants.MASK_WINDOW;
            case Mask.Bidirectional() -> Constants.MASK_BIDIRECTIONAL;
        };
    }

    private static Pages pages(PagedKv cache, CacheRef at) {
        return new Pages(keys(cache, at), values(cache, at), cache.dtype(), cache.blockSize());
    }

    static Argument keys(PagedKv cache, CacheRef at) {
        return new Argument.At(new Region.Cache(at.group()), new CacheShape(cache).keysAt(at.layer()));
    }

    static Argument values(PagedKv cache, CacheRef at) {
        return new Argument.At(new Region.Cache(at.group()), new CacheShape(cache).valuesAt(at.layer()));
    }
}
