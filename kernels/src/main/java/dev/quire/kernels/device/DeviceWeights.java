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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Weights on a device: as they came, and in each form that a program reads. */
final class DeviceWeights implements Weights {
    private final List<WeightRef> refs;
    private final IssueQueue queue;
    private final Map<WeightImage, Pointer> images = new HashMap<>();
    private final Map<WeightStack, Pointer> stacks = new HashMap<>();
    private final Set<DeviceMemory> held = new HashSet<>();
    /** Images that recordings may name, and which so stay where they are. */
    private final Set<WeightImage> read = new HashSet<>();

    DeviceWeights(List<WeightRef> refs, WeightSource source, IssueQueue queue) {
        this.refs = List.copyOf(refs);
        this.queue = queue;
        try {
            place(refs.stream().map(ref -> new WeightImage(ref, Form.STORED)).toList());
            Optional<Submission> last = Optional.empty();
            for (WeightRef ref : refs) {
                Optional<Submission> copy = fill(new WeightImage(ref, Form.STORED), source);
                last = copy.isPresent() ? copy : last;
            }
            last.ifPresent(Submission::await);
        } catch (RuntimeException e) {
            queue.drain(); // nothing is copied to what is freed
            close();
            throw e;
        }
    }

    /**
     * The device makes what is made of a seed; all else crosses to it.
     *
     * @return a copy that may still be on its way: the next weight is read meanwhile
     */
    private Optional<Submission> fill(WeightImage image, WeightSource source) {
        OptionalLong seed = queue.device().makesWeights() ? source.seed(image.ref()) : OptionalLong.empty();
        if (seed.isPresent()) {
            run(image.seeded(seed.getAsLong()));
            return Optional.empty();
        }
        return upload(source.read(image.ref()).asSlice(0, image.bytes()), images.get(image));
    }

    /** The source's bytes are valid until its next call (RULES, M11). Devices copy from native memory only. */
    private Optional<Submission> upload(MemorySegment from, Pointer to) {
        Optional<MemorySegment> host = to.memory().host();
        if (host.isPresent()) {
            MemorySegment.copy(from, 0, host.get(), to.offset(), from.byteSize());
            return Optional.empty();
        }
        if (from.isNative()) {
            return Optional.of(queue.read(List.of(new Command.Upload(from, to.memory(), to.offset()))));
        }
        try (Arena arena = Arena.ofShared()) {
            MemorySegment copy = arena.allocate(from.byteSize(), Long.BYTES).copyFrom(from);
            return Optional.of(queue.read(List.of(new Command.Upload(copy, to.memory(), to.offset()))));
        }
    }

    /**
     * Makes the images that are not there.
     *
     * @return these weights
     */
    DeviceWeights make(List<WeightImage> wanted) {
        List<WeightImage> missing = wanted.stream()
                .filter(image -> !images.containsKey(image) && image.decoding().isPresent())
                .toList();
        List<DeviceMemory> memory = place(missing);
        try {
            missing.forEach(image -> run(image.decoding().orElseThrow()));
        } catch (RuntimeException e) {
            missing.forEach(images::remove); // they hold nothing yet
            memory.forEach(this::free);
            throw e;
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
                stacks.put(stack, inPlace(stack).orElseGet(() -> copied(stack)));
            }
        }
        return this;
    }

    /** Where a stack's images stand already, if they stand behind one another. */
    private Optional<Pointer> inPlace(WeightStack stack) {
        Pointer first = images.get(stack.images().getFirst());
        for (int i = 0; i < stack.images().size(); i++) {
            Pointer image = images.get(stack.images().get(i));
            if (image == null || !image.equals(new Pointer(first.memory(), first.offset() + i * stack.stride()))) {
                return Optional.empty();
            }
        }
        read.addAll(stack.images());
        return Optional.of(first);
    }

    private Pointer copied(WeightStack stack) {
        DeviceMemory memory = hold(stack.bytes());
        stacks.put(stack, new Pointer(memory, 0));
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
        return stacks.get(stack);
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
                && stacks.values().stream().noneMatch(other -> other.memory() == from.memory())) {
            free(from.memory());
        }
    }

    /** Gives images places, in as few pieces of memory as the device allows. */
    private List<DeviceMemory> place(List<WeightImage> wanted) {
        List<DeviceMemory> pieces = new ArrayList<>();
        try {
            for (WeightPiece piece : WeightPiece.of(wanted, queue.device().weightPiece())) {
                DeviceMemory memory = hold(piece.bytes());
                pieces.add(memory);
                piece.offsets().forEach((image, offset) -> images.put(image, new Pointer(memory, offset)));
            }
        } catch (RuntimeException e) {
            wanted.forEach(images::remove);
            pieces.forEach(this::free);
            throw e;
        }
        return pieces;
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
        return stacks.get(stack);
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
