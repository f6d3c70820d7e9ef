package dev.quire.bench;

import dev.quire.api.program.Program;
import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.SamplingRow.Adjustments;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.Numerics;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** Sixteen rows of a vocabulary of 49,152. */
public class SamplingBenchmark extends HotPath {
    private static final int ROWS = 16;
    private static final int VOCABULARY = 49_152;
    private static final int TOP = 5;

    /** What each row asks for. */
    public enum Wanted {
        GREEDY(0, 0, 1, 0, -1),
        DRAW(1, 0, 1, 0, -1),
        TOP_K(1, 50, 1, 0, -1),
        TOP_P(1, 0, 0.9f, 0, -1),
        MIN_P(1, 0, 1, 0.05f, -1),
        LOGPROBS(0, 0, 1, 0, TOP);

        private final float temperature;
        private final int topK;
        private final float topP;
        private final float minP;
        private final int top;

        Wanted(float temperature, int topK, float topP, float minP, int top) {
            this.temperature = temperature;
            this.topK = topK;
            this.topP = topP;
            this.minP = minP;
            this.top = top;
        }

        private SamplingRow row(int r) {
            return new SamplingRow(temperature, topK, topP, minP, r, r, OptionalInt.empty(), top, Adjustments.NONE);
        }
    }

    /** What each row asks for. */
    @Param
    public Wanted wanted;

    private CpuProgram program;

    @Setup
    public void open() {
        int[] from = IntStream.range(0, ROWS).toArray();
        List<SamplingRow> rows = IntStream.range(0, ROWS).mapToObj(wanted::row).toList();
        program = new CpuProgram(
                Program.sampling(VOCABULARY, TOP),
                StepBatch.sampling(from, rows),
                ROWS,
                Optional.empty(),
                Numerics.FAST);
    }

    @Benchmark
    public void sample() {
        program.run();
    }

    @TearDown
    public void close() {
        program.close();
    }
}
