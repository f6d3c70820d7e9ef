package dev.quire.conformance.cases;

import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.report.Profile;
import dev.quire.conformance.scenario.PagedScene.Query;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;

/** Heads, masks and step shapes that attention is tried on. */
final class AttendShapes {
    /** Contexts around block edges, prefill, chunks, decode, and a sequence without rows at either end. */
    static final List<Query> EDGES = List.of(
            new Query(0, 0),
            new Query(0, 1),
            new Query(14, 1),
            new Query(15, 1),
            new Query(16, 1),
            new Query(0, 17),
            new Query(5, 12),
            new Query(31, 3),
            new Query(32, 1),
            new Query(0, 16),
            new Query(47, 1),
            new Query(3, 29),
            new Query(7, 0));

    /** One row. */
    static final List<Query> ONE = List.of(new Query(20, 1));

    /** Around segments of 256, 512 and 1024. */
    static final List<Query> LONG = List.of(
            new Query(510, 4),
            new Query(511, 1),
            new Query(512, 1),
            new Query(700, 1),
            new Query(254, 3),
            new Query(1020, 7));

    /** Whole prompts, longer than tiles of queries. */
    static final List<Query> PROMPTS =
            List.of(new Query(0, 130), new Query(0, 65), new Query(0, 64), new Query(60, 70));

    /** Far into a long context. */
    static final List<Query> FAR = List.of(new Query(8000, 3), new Query(8190, 3), new Query(0, 5), new Query(4095, 1));

    /** The heads that most variants are tried on. */
    static final Heads USUAL = new Heads(6, 2, 64);

    /** One, few and many KV heads, groups that are no power of two, sizes of real models, and an odd one. */
    static final List<Heads> HEADS = List.of(
            new Heads(4, 4, 32),
            new Heads(3, 1, 80),
            new Heads(8, 1, 96),
            new Heads(8, 2, 128),
            new Heads(5, 5, 36),
            new Heads(2, 1, 256),
            new Heads(4, 2, 112),
            new Heads(14, 2, 64),
            new Heads(7, 7, 64));

    private AttendShapes() {}

    /**
     * Heads of an attention op.
     *
     * @param heads query heads
     * @param kvHeads key and value heads
     * @param size elements of each
     */
    record Heads(int heads, int kvHeads, int size) {
        Op.Attend.HeadShape shape() {
            return new Op.Attend.HeadShape(heads, kvHeads, size, 1 / Math.sqrt(size));
        }

        @Override
        public String toString() {
            return "heads=%d/kv=%d/size=%d".formatted(heads, kvHeads, size);
        }
    }

    /**
     * How queries see keys.
     *
     * @param softCap of scores
     * @param alibi whether slopes are added
     */
    record View(Mask mask, Optional<Float> softCap, boolean alibi) {
        static View of(Mask mask) {
            return new View(mask, Optional.empty(), false);
        }

        View capped(float cap) {
            return new View(mask, Optional.of(cap), alibi);
        }

        View sloped() {
            return new View(mask, softCap, true);
        }

        /** Slopes of Press et al. 2022: a geometric series. */
        List<Float> slopes(int heads) {
            List<Float> slopes = new ArrayList<>();
            for (int h = 1; alibi && h <= heads; h++) {
                slopes.add((float) Math.pow(2, -8.0 * h / heads));
            }
            return slopes;
        }

        /** The rule that the view is about. */
        String rule() {
            return softCap.isPresent() || alibi ? "A3" : "A1";
        }

        @Override
        public String toString() {
            String name = switch (mask) {
                case Mask.Causal() -> "causal";
                case Mask.SlidingWindow(int size) -> "window=" + size;
                case Mask.Bidirectional() -> "bidirectional";
            };
            return name + (softCap.isPresent() ? "+softcap=" + softCap.get() : "") + (alibi ? "+alibi" : "");
        }
    }

    /** Forty sequences, most of them decoding. */
    static List<Query> crowd(Random random) {
        List<Query> crowd = new ArrayList<>();
        for (int s = 0; s < 40; s++) {
            crowd.add(new Query(random.nextInt(90), s % 9 == 4 ? 1 + random.nextInt(6) : 1));
        }
        return crowd;
    }

    /** Types of caches: Canon 1 has one. */
    static List<DType> types(Numerics numerics) {
        return numerics == Numerics.REPRODUCIBLE
                ? List.of(DType.BF16)
                : List.of(DType.BF16, DType.F32, DType.F16, DType.F8_E4M3);
    }

    /** Whoever does attention at all has BF16 caches, blocks of 16 tokens and the head sizes of models. */
    static Set<Profile> required(Heads heads, DType type, int blockSize) {
        boolean usual = type == DType.BF16 && blockSize == 16 && heads.size() % 16 == 0 && heads.size() <= 256;
        return usual ? Profile.ALL : Set.of();
    }
}
