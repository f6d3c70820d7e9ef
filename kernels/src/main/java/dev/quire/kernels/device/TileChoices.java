package dev.quire.kernels.device;

import dev.quire.api.DeviceInfo;
import dev.quire.api.types.WeightFormat;
import dev.quire.kernels.KernelCache;
import dev.quire.kernels.KernelSource;
import dev.quire.kernels.portable.TileShape;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.stream.Collectors;

/** The shape that is fastest for a format: measured once, then kept on disk by device, driver and the sources of the kernels that were compared. */
final class TileChoices {
    /** What a shape takes that the device cannot run. */
    static final long NEVER = Long.MAX_VALUE;

    private final List<TileShape> shapes;
    private final KernelCache cache;
    private final DeviceInfo device;
    private final Consumer<String> notices;

    /** @param shapes to choose from, at least one */
    TileChoices(List<TileShape> shapes, KernelCache cache, DeviceInfo device, Consumer<String> notices) {
        this.shapes = List.copyOf(shapes);
        this.cache = cache;
        this.device = device;
        this.notices = notices;
    }

    /**
     * The fastest shape; nothing where the device runs none, which is not kept, as another start may find what was missing.
     *
     * @param nanos measures a shape, and is asked only where nothing is kept
     */
    Optional<TileShape> choose(WeightFormat format, ToLongFunction<TileShape> nanos) {
        Optional<byte[]> kept = cache.find(key(format));
        if (kept.isPresent()) {
            Optional<TileShape> named = named(new String(kept.get(), StandardCharsets.UTF_8));
            if (named.isPresent()) {
                return named;
            }
            notices.accept("The tiles kept for %s on %s name none of %s, so they are measured again."
                    .formatted(format, device.name(), shapes));
        }
        Optional<TileShape> shape = fastest(format, nanos);
        shape.ifPresentOrElse(
                found -> keep(format, found.toString().getBytes(StandardCharsets.UTF_8)),
                () -> notices.accept("%s runs none of %s with %s, so it multiplies with the kernels of every device."
                        .formatted(device.name(), shapes, format)));
        return shape;
    }

    /** Keeps what is chosen for a format. */
    void keep(WeightFormat format, byte[] choice) {
        cache.put(key(format), choice);
    }

    private Optional<TileShape> named(String text) {
        return shapes.stream().filter(shape -> shape.toString().equals(text)).findFirst();
    }

    private KernelCache.Key key(WeightFormat format) {
        String sources = shapes.stream()
                .map(shape -> KernelSource.openCl(shape.kernel(format)).sha256())
                .collect(Collectors.joining(" "));
        return new KernelCache.Key(sources, device.name(), device.driver(), "tiles");
    }

    private Optional<TileShape> fastest(WeightFormat format, ToLongFunction<TileShape> nanos) {
        notices.accept("Measuring which of %d tiles %s multiplies %s fastest with."
                .formatted(shapes.size(), device.name(), format));
        Optional<TileShape> best = Optional.empty();
        long least = NEVER;
        for (TileShape shape : shapes) {
            long taken = nanos.applyAsLong(shape);
            if (taken < least) {
                least = taken;
                best = Optional.of(shape);
            }
        }
        return best;
    }
}
