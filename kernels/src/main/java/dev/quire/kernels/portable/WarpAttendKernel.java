package dev.quire.kernels.portable;

import dev.quire.api.types.DType;
import dev.quire.kernels.KernelName;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How a kernel of attention is built for a head size. What it asks for of local memory is at most 96 KiB, so that one work-group is on a multiprocessor of
 * any GPU since Ampere, and two on one of Hopper; and its sums leave registers for the rest, so that none is spilled.
 *
 * @param name what it is launched by
 * @param warps of a work-group
 * @param vectors of a work-group
 * @param localBytes that a launch asks for
 * @param copies how keys and values come to local memory
 */
record WarpAttendKernel(String name, int warps, int vectors, int localBytes, Copies copies) {
    /** How a kernel has keys and values copied. */
    enum Copies {
        /** 16 bytes a lane, from where the pages begin. */
        PIECES,
        /** Boxes of {@linkplain PageBoxes tensors}. */
        BOXES
    }

    /** Joins the parts that decoding leaves. */
    static final String MERGE = "attend_merge";
    /** Tokens, and query vectors, that tensor cores take at once. */
    static final int UNIT = 16;

    private static final int DECODE_HEAD = 128;
    /** Heads of which one warp has as many bytes under way as two of smaller ones. */
    private static final int LARGE_HEAD = 192;
    /** Heads whose keys and values warp groups multiply from local memory, and the stages that fit 227 KiB beside their vectors. */
    private static final Map<Integer, Integer> GROUP_STAGES = Map.of(64, 4, 128, 3);
    /** Vectors, and tokens, of a work-group of warp groups. */
    private static final int GROUP_TILE = 128;
    /** Where local memory's pattern repeats, to which the kernel rounds up. */
    private static final int PATTERN = 1024;

    private static final int WARPS = 4;

    /** Few query vectors over a part of a context: each warp has a pipeline of its own, {@code stages} units deep, twice as many of half the bytes. */
    static WarpAttendKernel decode(int headSize, DType type) {
        int warps = headSize > LARGE_HEAD ? 1 : headSize > DECODE_HEAD ? 2 : WARPS;
        int stages = (headSize > LARGE_HEAD || headSize <= 96 ? 4 : 3) * Short.BYTES / type.bytes();
        String name = name("attend_decode", type, Map.of("HEAD", headSize, "WARPS", warps, "STAGES", stages));
        return new WarpAttendKernel(
                name, warps, Constants.DECODE_VECTORS, warps * stages * unitBytes(headSize, type), Copies.PIECES);
    }

    /** Many query vectors, {@code m} · 16 a warp: all warps share tiles of units, {@code stages} deep, and the vectors lie in local memory too. */
    static WarpAttendKernel prefill(int headSize, DType type) {
        int m = headSize > DECODE_HEAD ? 1 : 2;
        int units = headSize > DECODE_HEAD ? 2 : WARPS;
        int stages = headSize > 96 ? 2 : 3;
        int vectors = WARPS * m * UNIT;
        String name = name(
                "attend_prefill",
                type,
                Map.of("HEAD", headSize, "WARPS", WARPS, "M", m, "UNITS", units, "STAGES", stages));
        int tiles = units * stages * unitBytes(headSize, type);
        return new WarpAttendKernel(name, WARPS, vectors, tiles + vectors * headSize * Short.BYTES, Copies.PIECES);
    }

    /** Many query vectors, as a work-item multiplies best. */
    static WarpAttendKernel prefill(WorkItem workItem, int headSize, DType type) {
        return workItem == WorkItem.WARP_GROUP && GROUP_STAGES.containsKey(headSize) && type.bytes() == Short.BYTES
                ? groups(headSize, type)
                : prefill(headSize, type);
    }

    /** The same on warp groups: two that multiply, and one that has boxes copied. */
    private static WarpAttendKernel groups(int headSize, DType type) {
        int stages = GROUP_STAGES.get(headSize);
        String name = name("attend_wgmma", type, Map.of("HEAD", headSize, "STAGES", stages));
        int bytes = GROUP_TILE * headSize * Short.BYTES * (1 + 2 * stages);
        return new WarpAttendKernel(name, 3 * WARPS, GROUP_TILE, bytes + PATTERN, Copies.BOXES);
    }

    /** All that attention with heads of a size over a cache of a type may launch. */
    static List<String> names(WorkItem workItem, int headSize, DType type) {
        return List.of(
                decode(headSize, type).name(),
                MERGE,
                prefill(workItem, headSize, type).name());
    }

    int groupSize() {
        return warps * Constants.LANES;
    }

    /** Keys and values of a unit. */
    private static int unitBytes(int headSize, DType type) {
        return 2 * UNIT * headSize * type.bytes();
    }

    private static String name(String function, DType type, Map<String, Integer> definitions) {
        Map<String, String> texts = new TreeMap<>();
        definitions.forEach((name, value) -> texts.put(name, "" + value));
        if (type != DType.BF16) {
            texts.put("CACHE", "CACHE_" + type);
        }
        return new KernelName(function, texts).toString();
    }
}
