package dev.quire.kernels.portable;

import dev.quire.kernels.portable.AttendLaunches.Pages;
import java.util.List;

/** Pages of 16-bit keys and values as tensors, a box of either being up to 64 tokens of a block of one head. */
final class PageBoxes {
    /** Elements of the longest line of a box. */
    private static final int LINE = 64;

    private PageBoxes() {}

    /**
     * The same pages, their keys a tensor of [page, dimension, token], their values one of [page, token, dimension].
     *
     * @param pages of blocks of a multiple of 8 tokens
     * @param headSize a multiple of 64
     * @param count pages: blocks times KV heads
     */
    static Pages of(Pages pages, int headSize, long count) {
        long tokens = pages.blockSize();
        long dimensions = headSize;
        int bytes = pages.type().bytes();
        int box = Math.min(LINE, Integer.lowestOneBit(pages.blockSize()));
        long page = tokens * dimensions * bytes;
        TensorShape keys = new TensorShape(
                bytes, List.of(tokens, dimensions, count), List.of(tokens * bytes, page), List.of(box, headSize, 1));
        TensorShape values = new TensorShape(
                bytes, List.of(dimensions, tokens, count), List.of(dimensions * bytes, page), List.of(LINE, box, 1));
        return new Pages(
                new Argument.Tensor((Argument.At) pages.keys(), keys),
                new Argument.Tensor((Argument.At) pages.values(), values),
                pages.type(),
                pages.blockSize());
    }
}
