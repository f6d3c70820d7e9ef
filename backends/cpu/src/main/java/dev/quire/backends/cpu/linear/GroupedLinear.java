package dev.quire.backends.cpu.linear;

import static java.lang.foreign.ValueLayout.JAVA_FLOAT;

import dev.quire.backends.cpu.threads.WorkerPool;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/**
 * Layers whose weights stay quantized in memory. A few rows read the codes directly, many share one expansion of each stripe; both
 * compute the same bits. x stays float32.
 */
final class GroupedLinear extends PanelLinear {
    /** Rows that share the sums in a worker's cache. */
    private static final int ROW_BLOCK = 64;

    /** Expanded together: 64 KB, which the second cache holds. */
    private static final int EXPANDED_STRIPES = 8;

    private static final int MOST_TILE_ROWS = 4;

    private final GroupFormat format;
    private final GroupScratch scratch;

    /** Memory that all layers of a packer share. */
    static final class GroupScratch {
        private float[] x = {};
        private float[] groupSums = {};
        private final List<WorkerScratch> workers = new ArrayList<>();

        GroupScratch(int threads) {
            for (int w = 0; w < threads; w++) {
                workers.add(new WorkerScratch());
            }
        }

        private float[] x(int size) {
            x = x.length < size ? new float[size] : x;
            return x;
        }

        private float[] groupSums(int size) {
            groupSums = groupSums.length < size ? new float[size] : groupSums;
            return groupSums;
        }
    }

    private static final class WorkerScratch {
        private final GroupScales scales = new GroupScales();
        private final float[] codes = new float[EXPANDED_STRIPES * GroupCodes.STRIPE_SIZE];
        private final float[] sums = new float[ROW_BLOCK * Panels.WIDTH];
        private float[] dots = {};

        private float[] dots(int size) {
            dots = dots.length < size ? new float[size] : dots;
            return dots;
        }
    }

    GroupedLinear(
            WorkerPool pool,
            GroupFormat format,
            int inputs,
            Panels panels,
            MemorySegment packed,
            List<Optional<MemorySegment>> biases,
            GroupScratch scratch) {
        super(pool, inputs, panels, packed, biases);
        this.format = format;
        this.scratch = scratch;
    }

    @Override
    public String kernel() {
        return "Vector API " + format.format() + ", " + Float.SIZE * Lanes.COUNT + " bits";
    }

    @Override
    public Run begin(MemorySegment x, int rows, List<MemorySegment> ys) {
        RunCheck.check(this, x, rows, ys);
        float[] copy = scratch.x(rows * inputs);
        float[] groupSums = scratch.groupSums(rows * (inputs / format.group()));
        return new Run() {
            @Override
            public void ready(int from, int to) {
                for (int row = from; row < to; row++) {
                    prepare(x, row, copy, groupSums);
                }
            }

            @Override
            public void multiply() {
                GroupedLinear.this.multiply(rows, copy, groupSums, ys);
            }
        };
    }

    private void multiply(int rows, float[] copy, float[] groupSums, List<MemorySegment> ys) {
        Grid grid = Grid.of(rows, panels.count(), pool.threads());
        pool.parallel(grid.parts(), (part, worker) -> {
            WorkerScratch own = scratch.workers.get(worker);
            for (int panel = grid.firstPanel(part); panel < grid.endPanel(part); panel++) {
                own.scales.read(format, inputs, packed, panel * format.panelBytes(inputs));
                for (int row = grid.firstRow(part); row < grid.endRow(part); row += ROW_BLOCK) {
                    int count = Math.min(ROW_BLOCK, grid.endRow(part) - row);
                    var run = new GroupRun(
                            format,
                            inputs,
                            packed,
                            panel * format.panelBytes(inputs),
                            own.scales,
                            copy,
                            groupSums,
                            row);
                    multiply(run, count, own);
                    store(panel, row, count, own.sums, ys);
                }
            }
        });
    }

    /** Copies a row of x and adds up each of its groups, in order. */
    private void prepare(MemorySegment x, int row, float[] copy, float[] groupSums) {
        int first = row * inputs;
        MemorySegment.copy(x, JAVA_FLOAT, 4L * first, copy, first, inputs);
        int groups = inputs / format.group();
        for (int g = row * groups; g < (row + 1) * groups; g++) {
            float sum = 0;
            for (int k = g * format.group(); k < (g + 1) * format.group(); k++) {
                sum += copy[k];
            }
            groupSums[g] = sum;
        }
    }

    private void multiply(GroupRun run, int rows, WorkerScratch own) {
        Arrays.fill(own.sums, 0, rows * Panels.WIDTH, 0);
        if (rows <= directRows()) {
            direct(run, rows, own);
        } else {
            expanded(run, rows, own);
        }
    }

    /** Up to how many rows reading the codes for each is quicker than expanding them first. */
    private int directRows() {
        return format.highBits() == 0 && Lanes.COUNT >= 16 ? 4 : 1;
    }

    private void direct(GroupRun run, int rows, WorkerScratch own) {
        int groups = inputs / format.group();
        float[] t = own.dots(groups * Panels.WIDTH);
        for (int row = 0; row < rows; row++) {
            for (int lane = 0; lane < Panels.WIDTH; lane += Lanes.GROUP) {
                GroupCodes.dot(run, row, lane, t);
            }
            GroupTiles.finish(run, row, 0, groups, t, 0, own.sums);
        }
    }

    private void expanded(GroupRun run, int rows, WorkerScratch own) {
        int stripes = inputs / GroupFormat.STRIPE;
        for (int first = 0; first < stripes; first += EXPANDED_STRIPES) {
            int count = Math.min(EXPANDED_STRIPES, stripes - first);
            for (int i = 0; i < count; i++) {
                long words = run.panel() + format.stripeOffset(first + i);
                GroupCodes.expand(format, packed, words, own.codes, i * GroupCodes.STRIPE_SIZE);
            }
            chunk(run, rows, first, count * GroupFormat.STRIPE / format.group(), own);
        }
    }

    /** Multiplies all rows with {@code groups} expanded groups, from stripe {@code stripe}: as many together as fit the registers. */
    private void chunk(GroupRun run, int rows, int stripe, int groups, WorkerScratch own) {
        int group = format.group();
        int firstGroup = stripe * GroupFormat.STRIPE / group;
        int first = inputs * run.firstRow() + stripe * GroupFormat.STRIPE;
        int size = groups * Panels.WIDTH;
        float[] t = own.dots(MOST_TILE_ROWS * size);
        for (int row = 0; row < rows; ) {
            int count = tileRows(rows - row);
            for (int g = 0; g < groups; g++) {
                int x = first + row * inputs + g * group;
                int code = g * group * Panels.WIDTH;
                for (int lane = 0; lane < Panels.WIDTH; lane += Lanes.GROUP) {
                    int to = g * Panels.WIDTH;
                    switch (count) {
                        case 1 -> GroupTiles.one(run.x(), x, own.codes, code, group, lane, t, to);
                        case 2 -> GroupTiles.two(run.x(), x, inputs, own.codes, code, group, lane, t, to, size);
                        default -> GroupTiles.four(run.x(), x, inputs, own.codes, code, group, lane, t, to, size);
                    }
                }
            }
            for (int end = row + count, at = 0; row < end; row++, at += size) {
                GroupTiles.finish(run, row, firstGroup, groups, t, at, own.sums);
            }
        }
    }

    /** How many rows run together when {@code rows} are left. */
    private static int tileRows(int rows) {
        if (rows >= MOST_TILE_ROWS && Lanes.COUNT >= 16) {
            return MOST_TILE_ROWS;
        }
        return Math.min(rows, 2);
    }
}
