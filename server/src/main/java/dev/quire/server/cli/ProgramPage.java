package dev.quire.server.cli;

import dev.quire.api.placement.Crossings;
import dev.quire.api.placement.PlacedOp;
import dev.quire.api.placement.ProgramPlacement;
import dev.quire.api.program.Op;
import dev.quire.api.program.Rows;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * A program as text, an equation a line. Layers that do the same are written once, with {@code x} for what comes into them and names of weights
 * from the layer on. A line ends with who runs the op if that is not the backend of the page.
 */
final class ProgramPage {
    private static final Pattern LAYER = Pattern.compile("^layers?\\.?(\\d+)\\.");

    private final ProgramPlacement placement;
    private final String backend;
    private final boolean all;

    /**
     * @param backend who runs what the page does not say
     * @param all whether every layer is written
     */
    ProgramPage(ProgramPlacement placement, String backend, boolean all) {
        this.placement = placement;
        this.backend = backend;
        this.all = all;
    }

    /** Ops of one layer, or those between layers under −1. */
    private record Part(int layer, List<PlacedOp> ops) {}

    String text() {
        StringBuilder page = new StringBuilder();
        List<Part> parts = parts();
        for (int i = 0; i < parts.size(); ) {
            int end = i;
            while (end < parts.size()
                    && (parts.get(end).layer() >= 0) == (parts.get(i).layer() >= 0)) {
                end++;
            }
            if (parts.get(i).layer() >= 0) {
                layers(parts.subList(i, end), page);
            } else {
                page.append(lines(parts.get(i)));
            }
            i = end;
        }
        return page.append(placement.isWhole() ? "" : split()).toString();
    }

    private String split() {
        Crossings crossings = placement.crossings();
        return "  %d segments a step; values that cross between backends, once each: %d to %s, %d from it\n"
                .formatted(
                        crossings.segments().size(),
                        crossings.toPrimary().size(),
                        backend,
                        crossings.toFallback().size());
    }

    private List<Part> parts() {
        List<Part> parts = new ArrayList<>();
        for (PlacedOp placed : placement.ops()) {
            int layer = layer(placed.op());
            if (parts.isEmpty() || parts.getLast().layer() != layer) {
                parts.add(new Part(layer, new ArrayList<>()));
            }
            parts.getLast().ops().add(placed);
        }
        return parts;
    }

    private void layers(List<Part> layers, StringBuilder page) {
        Map<String, List<Integer>> same = new LinkedHashMap<>();
        for (Part layer : layers) {
            String key = all ? layer.layer() + "\n" + lines(layer) : lines(layer);
            same.computeIfAbsent(key, text -> new ArrayList<>()).add(layer.layer());
        }
        same.forEach((text, numbers) -> page.append("\n  %s\n".formatted(title(numbers)))
                .append(all ? text.substring(text.indexOf('\n') + 1) : text));
        page.append('\n');
    }

    private static String title(List<Integer> layers) {
        if (layers.size() == 1) {
            return "layer " + layers.getFirst();
        }
        int first = layers.getFirst();
        int step = layers.get(1) - first;
        boolean even = IntStream.range(0, layers.size()).allMatch(i -> layers.get(i) == first + i * step);
        if (!even || layers.size() < 4) {
            return "layers " + layers.stream().map(String::valueOf).collect(Collectors.joining(", "));
        }
        return "layers %d%s to %d"
                .formatted(first, step == 1 ? "" : ", %d, ...".formatted(first + step), layers.getLast());
    }

    private String lines(Part part) {
        return part.ops().stream().map(placed -> line(placed, part.layer())).collect(Collectors.joining());
    }

    private String line(PlacedOp placed, int layer) {
        Op op = placed.op();
        List<String> given = new ArrayList<>(
                op.inputs().stream().map(value -> name(value, layer)).toList());
        given.addAll(OpText.constants(op));
        String weights = OpText.weights(op, ref -> weight(ref, layer));
        String out = op.outputs().stream()
                .map(value -> "%s [%s, %d]".formatted(name(value, layer), rows(value.rows()), value.width()))
                .collect(Collectors.joining(", "));
        String call = "%s(%s)".formatted(op.kind(), String.join(", ", given));
        String who = placed.backend().equals(backend) && placed.reason().isEmpty()
                ? ""
                : "[%s%s]"
                        .formatted(
                                placed.backend(),
                                placed.reason().map(reason -> ": " + reason).orElse(""));
        return "    %-30s %s %-60s %s %s"
                        .formatted(out, out.isEmpty() ? " " : "=", call, weights, who)
                        .stripTrailing() + "\n";
    }

    private static char rows(Rows rows) {
        return switch (rows) {
            case TOKENS -> 'T';
            case LOGITS -> 'R';
            case SEQUENCES -> 'S';
            case EXTERNAL -> 'E';
        };
    }

    /** The layer that an op belongs to by the names of what it touches; −1 for none. */
    private static int layer(Op op) {
        List<Value> named = op.outputs().isEmpty() ? op.inputs() : op.outputs();
        return layer(named.getFirst());
    }

    private static int layer(Value value) {
        Matcher matcher = LAYER.matcher(value.name());
        return matcher.find() ? Integer.parseInt(matcher.group(1)) : -1;
    }

    private static String name(Value value, int layer) {
        if (layer < 0 || value.equals(Value.TOKENS) || value.equals(Value.POSITIONS)) {
            return value.name();
        }
        return layer(value) == layer ? LAYER.matcher(value.name()).replaceFirst("") : "x";
    }

    /** In a layer, a weight's name goes on after the layer's number. */
    private static String weight(WeightRef ref, int layer) {
        String number = "." + layer + ".";
        String name = layer < 0 || !ref.name().contains(number)
                ? ref.name()
                : ref.name().substring(ref.name().indexOf(number) + number.length());
        return ref.rows() == 1
                ? "%s [%d]".formatted(name, ref.columns())
                : "%s [%d, %d] %s".formatted(name, ref.rows(), ref.columns(), ref.format());
    }
}
