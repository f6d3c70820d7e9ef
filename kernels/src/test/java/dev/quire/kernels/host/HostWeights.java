package dev.quire.kernels.host;

import dev.quire.api.WeightSource;
import dev.quire.api.Weights;
import dev.quire.api.program.WeightRef;
import dev.quire.kernels.portable.KernelLaunch;
import dev.quire.kernels.portable.Region;
import dev.quire.kernels.portable.WeightImage;
import dev.quire.kernels.portable.WeightImage.Form;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Weights as they came, and in each form that a program asked for. */
final class HostWeights implements Weights {
    private final Arena arena = Arena.ofShared();
    private final List<WeightRef> refs;
    private final HostLibrary library;
    private final Map<WeightImage, MemorySegment> images = new HashMap<>();

    HostWeights(List<WeightRef> refs, WeightSource source, HostLibrary library) {
        this.refs = List.copyOf(refs);
        this.library = library;
        for (WeightRef ref : refs) {
            MemorySegment bytes = HostMemory.poisoned(arena, ref.bytes());
            MemorySegment.copy(source.read(ref), 0, bytes, 0, ref.bytes());
            images.put(new WeightImage(ref, Form.STORED), bytes);
        }
    }

    /** Makes an image, unless it is there. */
    void make(WeightImage image) {
        Optional<KernelLaunch> decoding = image.decoding();
        if (!images.containsKey(image) && decoding.isPresent()) {
            images.put(image, HostMemory.poisoned(arena, image.bytes()));
            HostMemory.run(decoding.get(), library, region -> images.get(((Region.Weight) region).image()));
        }
    }

    MemorySegment image(WeightImage image) {
        return images.get(image);
    }

    @Override
    public List<WeightRef> refs() {
        return refs;
    }

    @Override
    public long bytes() {
        return images.keySet().stream().mapToLong(WeightImage::bytes).sum();
    }

    @Override
    public void close() {
        arena.close();
    }
}
