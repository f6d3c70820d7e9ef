package dev.quire.conformance.broken;

import dev.quire.api.memory.Buffer;
import dev.quire.api.program.ExpertOp;
import dev.quire.api.program.ExpertOp.Route.Over;
import dev.quire.api.program.Op;
import dev.quire.api.program.Op.Linear.Split;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.Ticket;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.bits.Canon;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/** Mistakes of mixtures of experts. */
final class ExpertFaults {
    private ExpertFaults() {}

    static List<Fault> list() {
        List<Fault> faults = new ArrayList<>(choices());
        faults.addAll(experts());
        faults.addAll(sums());
        return faults;
    }

    private static List<Fault> choices() {
        return List.of(
                Fault.of("takes the higher number first among equal experts", "N21", "Route", new Canon() {
                    @Override
                    public boolean beats(float score, float lower) {
                        return score == lower || super.beats(score, lower);
                    }
                }),
                Fault.of("puts experts with a score of NaN first", "N21", "Route", new Canon() {
                    @Override
                    public boolean beats(float score, float lower) {
                        return Float.compare(score, lower) > 0;
                    }
                }),
                Fault.of("never passes over an expert with a score of NaN", "N21", "Route", new Canon() {
                    @Override
                    public boolean beats(float score, float lower) {
                        return score > lower;
                    }
                }),
                Fault.of("takes minus zero for less than zero", "N21", "Route", new Canon() {
                    @Override
                    public boolean beats(float score, float lower) {
                        return score == lower ? Float.compare(score, lower) > 0 : super.beats(score, lower);
                    }
                }),
                Fault.of("takes the experts of the smallest scores", "N21", "Route", new Canon() {
                    @Override
                    public boolean beats(float score, float lower) {
                        return super.beats(-score, -lower);
                    }
                }),
                Fault.of("adds masses one after another", "N21", "Route", new Canon() {
                    @Override
                    public float sum(float[] x, int at, int n) {
                        float sum = 0;
                        for (int i = 0; i < n; i++) {
                            sum += x[at + i];
                        }
                        return sum;
                    }
                }),
                route("forgets to make the gates of the chosen sum to 1", Over.CHOSEN, Over.ALL),
                route("makes the gates of the chosen sum to 1 where all should", Over.ALL, Over.CHOSEN));
    }

    private static Fault route(String name, Over wanted, Over done) {
        return Fault.of(
                name,
                "N21",
                "Route",
                right -> new OtherOps(
                        right,
                        op -> op instanceof ExpertOp.Route o && o.over() == wanted
                                ? new ExpertOp.Route(o.scores(), done, o.experts(), o.gates())
                                : op));
    }

    private static List<Fault> experts() {
        return List.of(
                Fault.of(
                        "multiplies by the next expert's matrix",
                        "N22",
                        "ExpertLinear",
                        right -> new OtherOps(right, op -> op instanceof ExpertOp.ExpertLinear o ? rotated(o) : op)),
                Fault.of(
                                "takes an expert's eight slices as one dot",
                                "N22",
                                "ExpertLinear",
                                right -> new OtherOps(
                                        right,
                                        op -> op instanceof ExpertOp.ExpertLinear o
                                                ? new ExpertOp.ExpertLinear(
                                                        o.x(), o.experts(), o.weights(), Split.WHOLE, o.out())
                                                : op))
                        .only(Numerics.REPRODUCIBLE),
                anotherRow(
                        "gives a row the experts of another",
                        "N22",
                        "ExpertLinear",
                        ExpertOp.ExpertLinear.class,
                        "scores"));
    }

    private static Op rotated(ExpertOp.ExpertLinear o) {
        List<WeightRef> weights = new ArrayList<>(o.weights());
        Collections.rotate(weights, -1);
        return new ExpertOp.ExpertLinear(o.x(), o.experts(), weights, o.split(), o.out());
    }

    private static List<Fault> sums() {
        return List.of(
                Fault.of("fuses the sum over experts", "N23", "WeightedSum", new Canon() {
                    @Override
                    public float plusProduct(float sum, float gate, float x) {
                        return Math.fma(gate, x, sum);
                    }
                }),
                Fault.of("adds what experts give without their gates", "N23", "WeightedSum", new Canon() {
                    @Override
                    public float plusProduct(float sum, float gate, float x) {
                        return sum + x;
                    }
                }),
                anotherRow(
                        "weighs a row with the gates of another",
                        "N23",
                        "WeightedSum",
                        ExpertOp.WeightedSum.class,
                        "gates"));
    }

    /** Runs programs that have an op of a kind with the rows of one input moved down by one. */
    private static Fault anotherRow(String name, String rule, String cases, Class<? extends Op> kind, String input) {
        return Fault.of(
                name,
                rule,
                cases,
                right -> new OtherSteps(right, (program, executable, batch, io) -> {
                    if (program.ops().stream().noneMatch(kind::isInstance)) {
                        return executable.submit(batch, io);
                    }
                    Buffer buffer = io.buffer(input);
                    long row = (long) buffer.width() * buffer.dtype().bytes();
                    MemorySegment rows = buffer.memory().asSlice(0, row * batch.tokenCount());
                    byte[] kept = rows.toArray(ValueLayout.JAVA_BYTE);
                    MemorySegment.copy(kept, 0, rows, ValueLayout.JAVA_BYTE, row, kept.length - Math.toIntExact(row));
                    Ticket ticket = executable.submit(batch, io);
                    ticket.await();
                    MemorySegment.copy(kept, 0, rows, ValueLayout.JAVA_BYTE, 0, kept.length);
                    return ticket;
                }));
    }
}
