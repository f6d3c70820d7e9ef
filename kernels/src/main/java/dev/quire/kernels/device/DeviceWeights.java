package dev.quire.kernels.device;

import dev.quire.api.WeightSource;
import dev.quire.api.Weights;
import dev.quire.api.program.WeightRef;
import dev.quire.kernels.device.Operand.Pointer;
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

/** Weights on a device: as they came, and in each form that a program reads. */
final class DeviceWeights implements Weights {
    private final List<WeightRef> refs;
    private final IssueQueue queue;
    private final Map<WeightImage, DeviceMemory> images = new HashMap<>();

    DeviceWeights(List<WeightRef> refs, WeightSource source, IssueQueue queue) {
        this.refs = List.copyOf(refs);
        this.queue = queue;
        try {
            for (WeightRef ref : refs) {
                DeviceMemory memory = allocate(new WeightImage(ref, Form.STORED));
                upload(source.read(ref).asSlice(0, ref.bytes()), memory);
            }
        } catch (RuntimeException e) {
            close();
            throw e;
        }
    }

    /** The source's bytes are valid until its next call (RULES, M11). Devices copy from native memory only. */
    private void upload(MemorySegment from, DeviceMemory to) {
        if (to.host().isPresent()) {
            MemorySegment.copy(from, 0, to.host().get(), 0, from.byteSize());
        } else if (from.isNative()) {
            queue.now(List.of(new Command.Upload(from, to, 0)));
        } else {
            try (Arena arena = Arena.ofShared()) {
                MemorySegment copy = arena.allocate(from.byteSize(), Long.BYTES).copyFrom(from);
                queue.now(List.of(new Command.Upload(copy, to, 0)));
            }
        }
    }

    /**
     * Makes the images that are not there.
     *
     * @return these weights
     */
    DeviceWeights make(List<WeightImage> wanted) {
        RegionMap memory = region -> new Pointer(images.get(((Region.Weight) region).image()), 0);
        for (WeightImage image : wanted) {
            Optional<KernelLaunch> decoding = image.decoding();
            if (!images.containsKey(image) && decoding.isPresent()) {
                allocate(image);
                try {
                    queue.now(List.of(memory.command(decoding.get())));
                } catch (RuntimeException e) {
                    images.remove(image).close(); // it holds nothing yet
                    throw e;
                }
            }
        }
        return this;
    }

    private DeviceMemory allocate(WeightImage image) {
        DeviceMemory memory = queue.allocate(image.bytes(), MemoryUse.WEIGHTS);
        images.put(image, memory);
        return memory;
    }

    DeviceMemory image(WeightImage image) {
        return images.get(image);
    }

    @Override
    public List<WeightRef> refs() {
        return refs;
    }

    @Override
    public long bytes() {
        return images.values().stream().mapToLong(DeviceMemory::bytes).sum();
    }

    @Override
    public void close() {
        images.values().forEach(DeviceMemory::close);
        images.clear();
    }
}
