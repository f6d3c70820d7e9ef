package dev.quire.conformance.bisect;

import dev.quire.api.program.Op;
import dev.quire.api.program.Value;

/**
 * The first element, in the order of ops, rows and elements, that two backends do not agree on.
 *
 * @param step 0 for the prompt, then the decode steps
 * @param op the op that wrote it
 * @param index the op's place in the program
 * @param value which of its outputs
 * @param row of the value
 * @param element of the row
 * @param first what the first side wrote: 32 bits, of a float or an integer by the value's type
 * @param second what the second side wrote
 * @param differing elements of the value that differ
 * @param elements of the value
 * @param firstRunner the backend that ran the op on the first side: its own, or the one behind it
 * @param secondRunner the same on the second side
 */
public record Difference(
        int step,
        Op op,
        int index,
        Value value,
        int row,
        int element,
        int first,
        int second,
        long differing,
        long elements,
        String firstRunner,
        String secondRunner) {}
