package dev.quire.kernels.portable;

import java.util.List;

/**
 * Memory as kernels see it that have whole boxes of it copied to local memory, three-dimensional, elements of the first dimension side by side. In local
 * memory a box's lines of 32, 64 or 128 bytes follow one another, and their pieces of 16 bytes are swizzled as wide as a line; those of 16 lie as they are.
 *
 * @param elementBytes of an element
 * @param sizes elements of each dimension
 * @param strides bytes from an element to the next of the second dimension and of the third, multiples of 16
 * @param box elements of each dimension that are copied at once, at most 256
 */
public record TensorShape(int elementBytes, List<Long> sizes, List<Long> strides, List<Integer> box) {
    /** Dimensions. */
    public static final int RANK = 3;

    private static final List<Integer> LINES = List.of(16, 32, 64, 128);
    private static final int MOST = 256;
    private static final int PIECE = 16;

    public TensorShape {
        sizes = List.copyOf(sizes);
        strides = List.copyOf(strides);
        box = List.copyOf(box);
        if (sizes.size() != RANK || strides.size() != RANK - 1 || box.size() != RANK) {
            throw new IllegalArgumentException(
                    "sizes %s, strides %s, box %s: a tensor has %d dimensions".formatted(sizes, strides, box, RANK));
        }
        boolean fits = LINES.contains(box.getFirst() * elementBytes)
                && box.stream().allMatch(size -> size >= 1 && size <= MOST)
                && sizes.stream().allMatch(size -> size >= 1 && size <= Integer.MAX_VALUE)
                && strides.stream().allMatch(stride -> stride % PIECE == 0);
        if (!fits) {
            throw new IllegalArgumentException(
                    "boxes of %s elements of %d bytes, of a tensor of %s with strides of %s bytes: a box has lines of %s bytes and at most %d elements a dimension, and strides are multiples of %d"
                            .formatted(box, elementBytes, sizes, strides, LINES, MOST, PIECE));
        }
    }

    /** Bytes of a line of a box. */
    public int lineBytes() {
        return box.getFirst() * elementBytes;
    }
}
