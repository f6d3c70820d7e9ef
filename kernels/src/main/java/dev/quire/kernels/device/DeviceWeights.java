package dev.quire.kernels.device;

import dev.quire.api.WeightSource;
import dev.quire.api.Weights;
import dev.quire.api.program.WeightRef;
import dev.quire.kernels.device.Operand.Pointer;
import dev.quire.kernels.portable.KernelLaunch;
import dev.quire.kernels.portable.Region;
import dev.quire.kernels.portable.WeightImage;
import dev.quire.kernels.portable.WeightImage.Form;
import dev.quire.kernels.portable.WeightStack;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Weights on a device: as they came, and in each form that a program reads. */
final class DeviceWeights implements Weights {
    private final List<WeightRef> refs;
    private final IssueQueue queue;
    private final Map<WeightImage, Pointer> images = new HashMap<>();
    private final Map<WeightStack, DeviceMemory> stacks = new HashMap<>();
    private final Set<DeviceMemory> held = new HashSet<>();
    /** Images that recordings may name, and which so stay where they are. */
    private final Set<WeightImage> read = new HashSet<>();

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
        for (WeightImage image : wanted) {
            Optional<KernelLaunch> decoding = image.decoding();
            if (!images.containsKey(image) && decoding.isPresent()) {
                DeviceMemory memory = allocate(image);
                try {
                    run(decoding.get());
                } catch (RuntimeException e) {
                    images.remove(image); // it holds nothing yet
                    free(memory);
                    throw e;
                }
            }
        }
        return this;
    }

    /**
     * Makes the stacks that are not there. Weights that stand in one as they are stored stand nowhere else from then on.
     *
     * @return these weights
     */
    DeviceWeights stack(List<WeightStack> wanted) {
        for (WeightStack stack : wanted) {
            if (!stacks.containsKey(stack)) {
                DeviceMemory memory = hold(stack.bytes());
                stacks.put(stack, memory);
                try {
                    for (int i = 0; i < stack.images().size(); i++) {
                        run(stack.filling(i));
                    }
                } catch (RuntimeException e) {
                    stacks.remove(stack);
                    free(memory);
                    throw e;
                }
                for (int i = 0; i < stack.images().size(); i++) {
                    move(stack.images().get(i), new Pointer(memory, stack.stride() * i));
                }
            }
        }
        return this;
    }

    private void run(KernelLaunch launch) {
        RegionMap memory = region -> switch (region) {
            case Region.Weight(var image) -> images.get(image);
            case Region.Stack(var stack) -> stack(stack);
            default -> throw new IllegalStateException("weights are made of weights, not of " + region);
        };
        queue.now(List.of(memory.command(launch)));
    }

    /** Lets an image stand where it was copied to, unless it is read already; the memory that it stood in goes with the last image in it. */
    private void move(WeightImage image, Pointer to) {
        if (read.contains(image)) {
            return;
        }
        Pointer from = images.put(image, to);
        if (from != null
                && images.values().stream().noneMatch(other -> other.memory() == from.memory())
                && !stacks.containsValue(from.memory())) {
            free(from.memory());
        }
    }

    private DeviceMemory allocate(WeightImage image) {
        DeviceMemory memory = hold(image.bytes());
        images.put(image, new Pointer(memory, 0));
        return memory;
    }

    private DeviceMemory hold(long bytes) {
        DeviceMemory memory = queue.allocate(bytes, MemoryUse.WEIGHTS);
        held.add(memory);
        return memory;
    }

    private void free(DeviceMemory memory) {
        held.remove(memory);
        memory.close();
    }

    /** Where an image stands, from now on for good. */
    Pointer image(WeightImage image) {
        read.add(image);
        return images.get(image);
    }

    /** Where a stack begins. */
    Pointer stack(WeightStack stack) {
        return new Pointer(stacks.get(stack), 0);
    }

    @Override
    public List<WeightRef> refs() {
        return refs;
    }

    @Override
    public long bytes() {
        return held.stream().mapToLong(DeviceMemory::bytes).sum();
    }

    @Override
    public void close() {
        held.forEach(DeviceMemory::close);
        held.clear();
        images.clear();
        stacks.clear();
    }
}
