package dev.quire.conformance.metamorphic;

import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.conformance.scenario.Samples;
import java.util.Map;

/** A program over sequences, with its data. */
interface Subject {
    /** Names it in cases. */
    String name();

    /** Its weights, and what it reads. */
    Samples samples();

    /** What runs; its output {@link #out} has a row for each token. */
    Program program();

    /** The only output. */
    Value out();

    /** A cache of {@code blocks} blocks in each group; all groups have blocks of one size. */
    KvCacheLayout layout(int blocks);

    /** The token id at a position of a sequence. */
    int token(int sequence, int position);

    /**
     * Bound inputs of a step.
     *
     * @param rows sequence and position of each row
     */
    Map<String, float[]> inputs(int[][] rows);
}
