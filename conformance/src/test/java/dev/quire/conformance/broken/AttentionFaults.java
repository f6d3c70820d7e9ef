package dev.quire.conformance.broken;

import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.conformance.bits.Canon;
import dev.quire.conformance.interpreter.KeyRows;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;

/** Mistakes of {@code WriteKv} and {@code Attend}. */
final class AttentionFaults {
    private AttentionFaults() {}

    static List<Fault> list() {
        return List.of(
                scaled("forgets the scale", 1),
                attend("ignores the soft cap", "A3", a -> with(a, a.mask(), Optional.empty(), a.alibi())),
                attend("ignores ALiBi", "A3", a -> with(a, a.mask(), a.softCap(), List.of())),
                attend(
                        "gives ALiBi slopes to the heads in reverse",
                        "A3",
                        a -> with(a, a.mask(), a.softCap(), a.alibi().reversed())),
                masked("ignores the window", m -> m instanceof Mask.SlidingWindow ? Mask.CAUSAL : m),
                masked(
                        "makes the window one token too small",
                        m -> m instanceof Mask.SlidingWindow w && w.size() > 1
                                ? new Mask.SlidingWindow(w.size() - 1)
                                : m),
                masked(
                        "reads one token too far behind the window",
                        m -> m instanceof Mask.SlidingWindow w ? new Mask.SlidingWindow(w.size() + 1) : m),
                masked("lets causal queries see the future", m -> m.equals(Mask.CAUSAL) ? new Mask.Bidirectional() : m),
                masked("masks bidirectional attention", m -> m instanceof Mask.Bidirectional ? Mask.CAUSAL : m),
                write("stores keys as values and values as keys", w -> new Op.WriteKv(w.v(), w.k(), w.target())),
                write(
                        "stores every layer in the first",
                        w -> new Op.WriteKv(
                                w.k(), w.v(), new CacheRef(w.target().group(), 0))),
                attend("reads the layer below", "A2", AttentionFaults::below),
                Fault.of(
                        "multiplies what is masked by zero",
                        "M5",
                        "Attend",
                        right -> OtherSteps.after(right, new PoisonReader(right)::poison)),
                Fault.of("reads KV head h mod kvHeads", "A4", "Attend", new Canon() {
                    @Override
                    public int kvHead(int head, int heads, int kvHeads) {
                        return head % kvHeads;
                    }
                }),
                Fault.of("counts the step's own keys from position 0", "A2", "Attend", new Canon() {
                    @Override
                    public KeyRows keys(KeyRows rows) {
                        return rows instanceof KeyRows.OfStep ? new FromZero(rows) : rows;
                    }
                }),
                Fault.of("takes every block for one of 16 tokens", "M4", "Attend", new Canon() {
                    @Override
                    public KeyRows keys(KeyRows rows) {
                        return rows instanceof KeyRows.Cached cached ? KeyRows.cached(cached.step(), 16) : rows;
                    }
                }));
    }

    private record FromZero(KeyRows rows) implements KeyRows {
        @Override
        public int length(int sequence) {
            return rows.length(sequence);
        }

        @Override
        public int firstPosition(int sequence) {
            return 0;
        }

        @Override
        public int row(int sequence, int index) {
            return rows.row(sequence, index);
        }
    }

    private static Fault scaled(String name, double scale) {
        return attend(name, "A3", a -> {
            Op.Attend.HeadShape s = a.shape();
            Op.Attend.HeadShape shape = new Op.Attend.HeadShape(s.heads(), s.kvHeads(), s.headSize(), scale);
            return new Op.Attend(a.q(), a.keys(), shape, a.mask(), a.softCap(), a.alibi(), a.out());
        });
    }

    private static Op.Attend below(Op.Attend a) {
        return a.keys() instanceof KeySource.Cached(CacheRef at) && at.layer() > 0
                ? new Op.Attend(
                        a.q(),
                        new KeySource.Cached(new CacheRef(at.group(), at.layer() - 1)),
                        a.shape(),
                        a.mask(),
                        a.softCap(),
                        a.alibi(),
                        a.out())
                : a;
    }

    private static Fault masked(String name, UnaryOperator<Mask> change) {
        return attend(name, "A1", a -> with(a, change.apply(a.mask()), a.softCap(), a.alibi()));
    }

    private static Op.Attend with(Op.Attend a, Mask mask, Optional<Float> softCap, List<Float> alibi) {
        return new Op.Attend(a.q(), a.keys(), a.shape(), mask, softCap, alibi, a.out());
    }

    private static Fault attend(String name, String rule, UnaryOperator<Op.Attend> change) {
        return Fault.of(
                name,
                rule,
                "Attend",
                right -> new OtherOps(right, op -> op instanceof Op.Attend attend ? change.apply(attend) : op));
    }

    private static Fault write(String name, UnaryOperator<Op.WriteKv> change) {
        return Fault.of(
                name,
                "M3",
                "Attend",
                right -> new OtherOps(right, op -> op instanceof Op.WriteKv write ? change.apply(write) : op));
    }
}
