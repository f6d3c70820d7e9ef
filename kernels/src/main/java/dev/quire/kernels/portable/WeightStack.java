package dev.quire.kernels.portable;

import dev.quire.api.program.WeightRef;
import java.util.ArrayList;
import java.util.List;

/**
 * Images of one size behind one another, so that one pointer leads a launch to all of them: the matrices of experts.
 *
 * @param images at least one, all of one shape, format and form
 */
public record WeightStack(List<WeightImage> images) {
    /** Bytes that a stack does not exceed, since drivers give memory in pieces of some size only. */
    private static final long MOST_BYTES = 1L << 29;

    public WeightStack {
        images = List.copyOf(images);
    }

    /** The fewest stacks that hold all weights in their order. */
    static List<WeightStack> of(List<WeightRef> weights, WeightImage.Form form) {
        long stride = Region.aligned(new WeightImage(weights.getFirst(), form).bytes());
        int most = (int) Math.max(1, Math.min(weights.size(), MOST_BYTES / stride));
        List<WeightStack> stacks = new ArrayList<>();
        for (int i = 0; i < weights.size(); i += most) {
            stacks.add(new WeightStack(weights.subList(i, Math.min(weights.size(), i + most)).stream()
                    .map(ref -> new WeightImage(ref, form))
                    .toList()));
        }
        return stacks;
    }

    /** Bytes from one image to the next, a multiple of {@link Region#ALIGNMENT}. */
    public long stride() {
        return Region.aligned(images.getFirst().bytes());
    }

    /** Bytes of all. */
    public long bytes() {
        return stride() * images.size();
    }

    /** What brings image {@code index}, as it was stored, to its place. */
    public KernelLaunch filling(int index) {
        return images.get(index).making(new Argument.At(new Region.Stack(this), stride() * index));
    }

    Argument strides() {
        return Argument.of(Math.toIntExact(stride() / Region.ALIGNMENT));
    }
}
