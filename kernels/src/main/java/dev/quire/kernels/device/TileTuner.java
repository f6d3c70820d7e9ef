package dev.quire.kernels.device;

import dev.quire.api.BackendException;
import dev.quire.api.types.WeightFormat;
import dev.quire.kernels.device.Operand.Int;
import dev.quire.kernels.device.Operand.Pointer;
import dev.quire.kernels.portable.LinearTiles;
import dev.quire.kernels.portable.TileShape;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;

/** Finds how a device multiplies fastest by running a product in each shape that fits it. */
final class TileTuner {
    private static final int ROWS = 128;
    private static final int COLUMNS = 512;
    private static final int INNER = 1024;
    private static final int TURNS = 3;

    private final IssueQueue queue;
    private final Tiling tiling;
    private final TileChoices choices;
    private final Map<WeightFormat, TileShape> shapes = new EnumMap<>(WeightFormat.class);

    TileTuner(IssueQueue queue, Tiling tiling, Consumer<String> notices) {
        this.queue = queue;
        this.tiling = tiling;
        this.choices =
                new TileChoices(tiling.shapes(), tiling.cache(), queue.device().info(), notices);
    }

    /** The tiles for matrices of some formats; nothing where the device runs no shape for one of them. */
    Optional<LinearTiles> tiles(Set<WeightFormat> formats) {
        for (WeightFormat format : formats) {
            if (!shapes.containsKey(format)) {
                choices.choose(format, shape -> nanos(shape, format)).ifPresent(shape -> shapes.put(format, shape));
            }
        }
        return shapes.keySet().containsAll(formats)
                ? Optional.of(new LinearTiles(shapes, tiling.subGroups()))
                : Optional.empty();
    }

    private long nanos(TileShape shape, WeightFormat format) {
        try (Owned memory = new Owned()) {
            int rowBytes = Math.toIntExact(format.bytes(INNER));
            DeviceMemory x = zeros((long) ROWS * INNER * Float.BYTES, memory);
            DeviceMemory w = zeros((long) COLUMNS * rowBytes, memory);
            DeviceMemory y = zeros((long) ROWS * COLUMNS * Float.BYTES, memory);
            Command launch = new Command.Launch(
                    shape.kernel(format),
                    shape.groups(ROWS, COLUMNS),
                    shape.groupSize(),
                    List.of(
                            new Pointer(x, 0),
                            new Pointer(w, 0),
                            new Operand.Nowhere(),
                            new Pointer(y, 0),
                            new Int(ROWS),
                            new Int(COLUMNS),
                            new Int(INNER),
                            new Int(rowBytes),
                            new Int(0)));
            queue.now(List.of(launch)); // builds and warms it
            long least = TileChoices.NEVER;
            for (int turn = 0; turn < TURNS; turn++) {
                long start = System.nanoTime();
                queue.now(List.of(launch));
                least = Math.min(least, System.nanoTime() - start);
            }
            return least;
        } catch (BackendException e) {
            if (e.kind() == BackendException.Kind.UNSUPPORTED) {
                return TileChoices.NEVER; // this shape is more than the driver makes of its device
            }
            throw e;
        }
    }

    private DeviceMemory zeros(long bytes, Owned owned) {
        DeviceMemory memory = queue.allocate(bytes, MemoryUse.WORKSPACE);
        owned.add(memory::close);
        queue.now(List.of(new Command.Zero(memory)));
        return memory;
    }
}
