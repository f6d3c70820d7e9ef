package dev.quire.kernels.device;

import dev.quire.kernels.portable.Region;
import dev.quire.kernels.portable.WeightImage;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Images of weights that share one allocation.
 *
 * @param bytes of all
 * @param offsets where each begins, in the order that they came; a multiple of {@link Region#ALIGNMENT}
 */
record WeightPiece(long bytes, Map<WeightImage, Long> offsets) {
    /**
     * The fewest pieces that hold images in their order.
     *
     * @param most bytes of a piece, unless a single image is longer
     */
    static List<WeightPiece> of(List<WeightImage> images, long most) {
        List<WeightPiece> pieces = new ArrayList<>();
        Map<WeightImage, Long> offsets = new LinkedHashMap<>();
        long bytes = 0;
        for (WeightImage image : images) {
            long size = Region.aligned(image.bytes());
            if (!offsets.isEmpty() && size > most - bytes) {
                pieces.add(new WeightPiece(bytes, offsets));
                offsets = new LinkedHashMap<>();
                bytes = 0;
            }
            offsets.put(image, bytes);
            bytes += size;
        }
        if (!offsets.isEmpty()) {
            pieces.add(new WeightPiece(bytes, offsets));
        }
        return pieces;
    }
}
