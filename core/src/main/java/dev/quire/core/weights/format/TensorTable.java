package dev.quire.core.weights.format;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Collects the tensors that a header declares, and refuses those that cannot be: twice the same name, sizes that overflow, ranges that collide. */
final class TensorTable {
    /** Far above any model: the largest open ones have about 100,000 tensors, over many files. */
    static final int MAX_TENSORS = 1 << 18;

    private static final int MAX_DIMENSIONS = 8;

    private final FileReport report;
    private final Map<String, TensorInfo> tensors = new LinkedHashMap<>();

    TensorTable(FileReport report) {
        this.report = report;
    }

    /** Bytes of {@code shape} in {@code type}. */
    long bytes(String name, StoredType type, List<Long> shape) {
        if (shape.size() > MAX_DIMENSIONS) {
            throw report.damaged(
                    "tensor %s has %d dimensions, more than %d", FileReport.quote(name), shape.size(), MAX_DIMENSIONS);
        }
        long elements = 1;
        for (long dimension : shape) {
            if (dimension < 1) {
                throw report.damaged(
                        "tensor %s has shape %s, and every dimension must be at least 1",
                        FileReport.quote(name), shape);
            }
            if (elements > Long.MAX_VALUE / dimension) {
                throw report.damaged("tensor %s has shape %s, whose product overflows", FileReport.quote(name), shape);
            }
            elements *= dimension;
        }
        long blocks = elements / type.blockElements();
        if (elements % type.blockElements() != 0 || blocks > Long.MAX_VALUE / type.blockBytes()) {
            throw report.damaged(
                    "tensor %s has shape %s, which does not fill whole blocks of %d in type %s",
                    FileReport.quote(name), shape, type.blockElements(), type);
        }
        return blocks * type.blockBytes();
    }

    void add(TensorInfo tensor) {
        if (tensors.size() == MAX_TENSORS) {
            throw report.damaged("it declares more than %d tensors", MAX_TENSORS);
        }
        if (tensors.putIfAbsent(tensor.name(), tensor) != null) {
            throw report.damaged("it declares tensor %s twice", FileReport.quote(tensor.name()));
        }
    }

    /**
     * The tensors by name, in the order of the header.
     *
     * @param first first byte of the file that tensors may occupy
     * @param end first byte after them
     */
    Map<String, TensorInfo> placed(long first, long end) {
        long free = first;
        String before = "the header";
        for (TensorInfo tensor : byOffset()) {
            if (tensor.offset() < free) {
                throw report.damaged(
                        "tensor %s begins at byte %d, inside %s, which ends at byte %d",
                        FileReport.quote(tensor.name()), tensor.offset(), before, free);
            }
            if (tensor.offset() > end || tensor.bytes() > end - tensor.offset()) {
                throw report.damaged(
                        "tensor %s takes %d bytes from byte %d, but the file ends at byte %d",
                        FileReport.quote(tensor.name()), tensor.bytes(), tensor.offset(), end);
            }
            free = tensor.offset() + tensor.bytes();
            before = "tensor " + FileReport.quote(tensor.name());
        }
        return tensors;
    }

    List<TensorInfo> byOffset() {
        List<TensorInfo> sorted = new ArrayList<>(tensors.values());
        sorted.sort(Comparator.comparingLong(TensorInfo::offset));
        return sorted;
    }
}
