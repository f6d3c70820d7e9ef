package dev.quire.bench;

import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import dev.quire.conformance.scenario.PagedScene;
import java.util.List;
import java.util.Optional;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/** One layer of 1536 outputs over 768 inputs in each weight format. */
public class LinearBenchmark extends HotPath {
    private static final int INPUTS = 768;
    private static final int OUTPUTS = 1536;

    /** What the weights are stored in. */
    @Param
    public WeightFormat format;

    /** Rows of x. */
    @Param({"1", "16", "256"})
    public int rows;

    /** The order of its sums; float32 weights have only the fast one. */
    @Param("FAST")
    public Numerics numerics;

    private CpuProgram program;

    @Setup
    public void open() {
        Value x = Value.tokens("x", INPUTS);
        Value out = Value.tokens("out", OUTPUTS);
        WeightRef weight = new WeightRef("weight", OUTPUTS, INPUTS, format);
        Op op = new Op.Linear(x, weight, Optional.empty(), Op.Linear.Split.WHOLE, out);
        Program one = Program.of(List.of(x), List.of(op), List.of(out));
        program = new CpuProgram(one, PagedScene.rows(rows), 0, Optional.empty(), numerics);
    }

    @Benchmark
    public void multiply() {
        program.run();
    }

    @TearDown
    public void close() {
        program.close();
    }
}
