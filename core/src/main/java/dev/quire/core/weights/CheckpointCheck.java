package dev.quire.core.weights;

import dev.quire.api.program.WeightRef;
import dev.quire.core.weights.format.WeightFormatException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;

/** Compares what a program asks for with what a file has, and names every difference at once. */
final class CheckpointCheck {
    private static final int SHOWN = 10;

    private final WeightFile file;
    private final TensorMap names;
    private final List<String> missing = new ArrayList<>();
    private final List<String> misshapen = new ArrayList<>();

    CheckpointCheck(WeightFile file, TensorMap names) {
        this.file = file;
        this.names = names;
    }

    /** @param leftOver tensors that nothing uses and that should not be there */
    void run(Collection<WeightRef> refs, List<String> leftOver) {
        for (WeightRef ref : refs) {
            Set<String> tensors = names.view(ref.name()).tensors();
            List<String> absent =
                    tensors.stream().filter(t -> !file.tensors().containsKey(t)).toList();
            if (absent.isEmpty()) {
                checkShape(ref);
            } else {
                missing.addAll(absent);
            }
        }
        report(leftOver);
    }

    static String misshapen(WeightRef ref, Matrix found) {
        return "'%s' is [%d, %d], not [%d, %d]"
                .formatted(ref.name(), found.rows(), found.columns(), ref.rows(), ref.columns());
    }

    private void checkShape(WeightRef ref) {
        Matrix found = Matrix.of(file, names.view(ref.name()));
        if (found.rows() != ref.rows() || found.columns() != ref.columns()) {
            misshapen.add(misshapen(ref, found));
        }
    }

    private void report(List<String> leftOver) {
        List<String> parts = new ArrayList<>();
        describe("missing", missing, parts);
        describe("of another shape", misshapen, parts);
        describe("not used by the model", leftOver, parts);
        if (!parts.isEmpty()) {
            throw new WeightFormatException(
                    "%s does not fit its config: %s; download the model's files again, all of one revision"
                            .formatted(file.name(), String.join("; ", parts)));
        }
    }

    private static void describe(String what, List<String> names, List<String> parts) {
        if (!names.isEmpty()) {
            String first =
                    String.join(", ", names.stream().distinct().limit(SHOWN).toList());
            parts.add("%d %s: %s%s".formatted(names.size(), what, first, names.size() > SHOWN ? ", …" : ""));
        }
    }
}
