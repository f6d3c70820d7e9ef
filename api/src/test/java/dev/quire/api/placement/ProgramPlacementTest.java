package dev.quire.api.placement;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
import dev.quire.api.program.Activation;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.types.Numerics;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** Each op has a runner and a reason, and segments hand over exactly what is needed. */
class ProgramPlacementTest {
    private static final Value IN = Value.tokens("in", 8);
    private static final Value A = Value.tokens("a", 8);
    private static final Value B = Value.tokens("b", 8);
    private static final Value C = Value.tokens("c", 8);
    private static final Value D = Value.tokens("d", 8);
    private static final Op SCALE = new Op.Scale(IN, 2, A);
    private static final Op TANH = new Op.Activate(A, Activation.TANH, B);
    private static final Op CAP = new Op.SoftCap(B, 3, C);
    private static final Op ADD = new Op.Add(A, C, D);

    @Test
    void aRefusedCompositeIsReplacedByItsDefinitionAllTheWayDown() {
        Op inner = new Op.Composite("inner", List.of(A), List.of(C), List.of(TANH, CAP));
        Op outer = new Op.Composite("outer", List.of(IN), List.of(D), List.of(SCALE, inner, ADD));
        ProgramPlacement placement =
                place(Program.of(List.of(IN), List.of(outer), List.of(D)), Op.Composite.class::isInstance);
        assertEquals(List.of(SCALE, TANH, CAP, ADD), placement.program().ops());
        assertTrue(placement.isWhole());
    }

    @Test
    void aPieceThatIsRefusedGoesToTheFallbackWithTheReason() {
        ProgramPlacement placement = place(straight(), op -> op == TANH);
        assertFalse(placement.isWhole());
        PlacedOp tanh = placement.ops().get(1);
        assertEquals(Runner.FALLBACK, tanh.runner());
        assertEquals("fallback", tanh.backend());
        assertEquals(Optional.of("the test refuses Activate"), tanh.reason());
        assertEquals(3, placement.of(Runner.PRIMARY).size());
    }

    @Test
    void segmentsHandOverWhatLaterOnesRead() {
        List<Segment> segments = Segment.of(place(straight(), op -> op == TANH));
        assertEquals(3, segments.size());
        Program first = segments.get(0).program();
        Program second = segments.get(1).program();
        Program third = segments.get(2).program();
        assertEquals(List.of(IN), first.inputs());
        assertEquals(List.of(A), first.outputs());
        assertEquals(List.of(A), second.inputs());
        assertEquals(List.of(B), second.outputs());
        assertEquals(List.of(B, A), third.inputs());
        assertEquals(List.of(D), third.outputs());
    }

    @Test
    void whatIsHandedOverCrossesOnceAndTheRestStaysWhereItIs() {
        ProgramPlacement tanh = place(straight(), op -> op == TANH);
        assertEquals(
                List.of(Set.of(), Set.of(), Set.of("a")), // the last has read back nothing: it wrote a itself
                Segment.of(tanh).stream().map(Segment::resident).toList());
        ProgramPlacement cap = place(straight(), op -> op == CAP);
        assertEquals(
                List.of(Set.of("a"), Set.of(), Set.of("a")), // nobody else reads a
                Segment.of(cap).stream().map(Segment::resident).toList());
        List<Runner> split = List.of(Runner.PRIMARY, Runner.FALLBACK, Runner.PRIMARY);
        assertEquals(new Crossings(split, List.of(B), List.of(A)), tanh.crossings());
        assertEquals(new Crossings(split, List.of(C), List.of(B)), cap.crossings());
        ProgramPlacement ends = place(straight(), op -> op == SCALE || op == ADD);
        assertEquals(
                List.of(Set.of(), Set.of(), Set.of("a")),
                Segment.of(ends).stream().map(Segment::resident).toList());
        assertEquals(List.of(A), ends.crossings().toPrimary());
        assertEquals(List.of(C), ends.crossings().toFallback());
    }

    @Test
    void attentionOverItsOwnRowsIsBoundToNoCacheGroup() {
        Op.Attend.HeadShape shape = new Op.Attend.HeadShape(1, 1, 8, 1);
        Op write = new Op.WriteKv(A, B, new CacheRef(0, 0));
        Op free = new Op.Attend(A, new KeySource.Step(A, B), shape, Mask.CAUSAL, Optional.empty(), List.of(), C);
        Op cached = new Op.Attend(
                A, new KeySource.Cached(new CacheRef(0, 0)), shape, Mask.CAUSAL, Optional.empty(), List.of(), D);
        Program program = Program.of(List.of(A, B), List.of(write, free, cached), List.of(C, D));
        List<Runner> runners = place(program, op -> op == cached).ops().stream()
                .map(PlacedOp::runner)
                .toList();
        assertEquals(List.of(Runner.FALLBACK, Runner.PRIMARY, Runner.FALLBACK), runners);
    }

    @Test
    void whatBothRefuseIsNobodysAndNamedWithBothReasons() {
        Predicate<Op> refuses = op -> op == CAP;
        ProgramPlacement placement = ProgramPlacement.of(
                straight(), backend("primary", refuses), Optional.of(backend("fallback", refuses)), Numerics.FAST);
        assertEquals(1, placement.of(Runner.NOBODY).size());
        String message =
                assertThrows(BackendException.class, placement::requireRunners).getMessage();
        assertTrue(message.startsWith("No backend runs 1 of the model's 4 ops: SoftCap"), message);
        assertTrue(message.contains("primary: the test") && message.contains("fallback: the test"), message);
    }

    private static Program straight() {
        return Program.of(List.of(IN), List.of(SCALE, TANH, CAP, ADD), List.of(D));
    }

    private static ProgramPlacement place(Program program, Predicate<Op> refuses) {
        return ProgramPlacement.of(
                program, backend("primary", refuses), Optional.of(backend("fallback", op -> false)), Numerics.FAST);
    }

    private static AttentionBackend backend(String name, Predicate<Op> refuses) {
        return new OpinionBackend(name, refuses);
    }
}
