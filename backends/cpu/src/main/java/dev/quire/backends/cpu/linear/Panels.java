package dev.quire.backends.cpu.linear;

import java.util.List;

/**
 * How the outputs of the layers of one {@link PackedLinear} fill panels of 64; each layer begins a panel of its own.
 *
 * @param outputs of each layer
 * @param first panel of each layer, and at the end the number of all panels
 */
record Panels(List<Integer> outputs, List<Integer> first) {
    static final int WIDTH = 64;

    static Panels of(List<Integer> outputs) {
        Integer[] first = new Integer[outputs.size() + 1];
        first[0] = 0;
        for (int layer = 0; layer < outputs.size(); layer++) {
            first[layer + 1] = first[layer] + Math.ceilDiv(outputs.get(layer), WIDTH);
        }
        return new Panels(List.copyOf(outputs), List.of(first));
    }

    int count() {
        return first.getLast();
    }

    /** The layer that a panel belongs to. */
    int layerOf(int panel) {
        int layer = 0;
        while (first.get(layer + 1) <= panel) {
            layer++;
        }
        return layer;
    }

    /** The layer's output with which a panel begins. */
    int firstOutput(int layer, int panel) {
        return (panel - first.get(layer)) * WIDTH;
    }
}
