package dev.quire.conformance.bisect;

import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.Numerics;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Finds the first op that two backends do not agree on. Programs are compiled in pieces whose outputs are those of all their ops, and both
 * sides get the first side's values as inputs: so an op is blamed for what it does, not for what it was given. In FAST a piece is one op;
 * in REPRODUCIBLE it is as many as fit in memory, and the program as it is served must then give the same bits once more.
 *
 * <p>What {@code WriteKv} does shows in the {@code Attend} that reads it.
 */
public final class Bisection {
    private static final long PIECE_BYTES = 64L << 20;

    private final Subject subject;
    private final Agreement agreement;
    private final Numerics numerics;
    private final Pieces pieces;
    private final List<SideRun> sides;

    private Bisection(Subject subject, Agreement agreement, Numerics numerics, Pieces pieces, List<SideRun> sides) {
        this.subject = subject;
        this.agreement = agreement;
        this.numerics = numerics;
        this.pieces = pieces;
        this.sides = sides;
    }

    /**
     * Runs both.
     *
     * @throws dev.quire.api.BackendException if a side does not offer {@code numerics}, or fails
     */
    public static Finding run(Subject subject, Side first, Side second, Numerics numerics, Agreement agreement) {
        Program program = subject.forward()
                .expand(op -> !first.backend().supports(op, numerics).granted()
                        || !second.backend().supports(op, numerics).granted());
        int tokens = subject.prompt().length;
        Pieces pieces = Pieces.of(program, numerics == Numerics.FAST ? 0 : PIECE_BYTES, tokens);
        try (SideRun a = new SideRun(first, pieces, subject, numerics);
                SideRun b = new SideRun(second, pieces, subject, numerics)) {
            return new Bisection(subject, agreement, numerics, pieces, List.of(a, b)).find();
        }
    }

    private Finding find() {
        OneSequence sequence = new OneSequence(subject);
        for (int step = 0; step <= subject.decodes(); step++) {
            StepBatch batch = sequence.next();
            Map<Value, int[]> known = new HashMap<>();
            Optional<Difference> difference = inPieces(step, batch, known);
            if (difference.isPresent()) {
                return new Finding.Differs(difference.get());
            }
            if (numerics == Numerics.REPRODUCIBLE) {
                Optional<Finding> whole = asServed(step, batch, known);
                if (whole.isPresent()) {
                    return whole.get();
                }
            }
            sequence.append(known.get(pieces.whole().outputs().getLast()));
        }
        return new Finding.Same(subject.decodes() + 1, pieces.whole().ops().size());
    }

    /** @param known receives the first side's outputs, and those of its values that later pieces read */
    private Optional<Difference> inPieces(int step, StepBatch batch, Map<Value, int[]> known) {
        int index = 0;
        for (int piece = 0; piece < pieces.programs().size(); piece++) {
            Map<Value, int[]> a = sides.getFirst().run(piece, batch, known);
            Map<Value, int[]> b = sides.getLast().run(piece, batch, known);
            for (Op op : pieces.programs().get(piece).ops()) {
                for (Value value : op.outputs()) {
                    Optional<Difference> found = compare(step, op, index, value, a.get(value), b.get(value));
                    if (found.isPresent()) {
                        return found;
                    }
                }
                index++;
            }
            known.putAll(a);
            known.keySet().retainAll(pieces.neededAfter(piece));
        }
        return Optional.empty();
    }

    private Optional<Difference> compare(int step, Op op, int index, Value value, int[] a, int[] b) {
        boolean[] differs = agreement.differs(op, subject.cache(), value, a, b);
        int at = -1;
        long count = 0;
        for (int i = differs.length - 1; i >= 0; i--) {
            if (differs[i]) {
                at = i;
                count++;
            }
        }
        if (count == 0) {
            return Optional.empty();
        }
        return Optional.of(new Difference(
                step,
                op,
                index,
                value,
                at / value.width(),
                at % value.width(),
                a[at],
                b[at],
                count,
                differs.length,
                sides.getFirst().runner(op),
                sides.getLast().runner(op)));
    }

    private Optional<Finding> asServed(int step, StepBatch batch, Map<Value, int[]> known) {
        for (SideRun side : sides) {
            Map<Value, int[]> outputs = side.runWhole(batch);
            for (Value value : pieces.whole().outputs()) {
                int[] exposed = known.get(value);
                int[] whole = outputs.get(value);
                boolean[] differs = Agreement.Bitwise.differs(value, exposed, whole);
                for (int i = 0; i < differs.length; i++) {
                    if (differs[i]) {
                        return Optional.of(new Finding.DiffersWhole(
                                side.name(), step, value, i / value.width(), i % value.width(), exposed[i], whole[i]));
                    }
                }
            }
        }
        return Optional.empty();
    }
}
