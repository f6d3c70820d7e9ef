package dev.quire.conformance.metamorphic;

import dev.quire.conformance.metamorphic.Move.Compute;
import dev.quire.conformance.metamorphic.Move.Part;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;

/**
 * A way to compute all sequences.
 *
 * @param name of the way
 * @param rules that say it makes no difference, the one that it is about first
 * @param placement which free block is taken next
 * @param ahead whether all is issued before anything is awaited
 */
record Schedule(String name, List<String> rules, Placement placement, boolean ahead, List<Move> moves) {
    /** Which free block a sequence takes. */
    enum Placement {
        /** The lowest. */
        ASCENDING,
        /** The highest. */
        DESCENDING,
        /** Any. */
        SHUFFLED
    }

    Schedule {
        moves = List.copyOf(moves);
    }

    private static Schedule of(String name, String rule, Placement placement, List<Move> moves) {
        List<String> rules = new ArrayList<>(List.of(rule));
        if (!rule.equals("A6")) {
            rules.add("A6");
        }
        return new Schedule(name, rules, placement, false, moves);
    }

    /** Each sequence alone and whole: what all others are compared with. */
    static Schedule alone(Texts texts) {
        List<Move> moves = new ArrayList<>();
        for (int s = 0; s < texts.count(); s++) {
            moves.add(new Compute("alone " + s, List.of(new Part(s, texts.length(s)))));
        }
        return of("alone", "A6", Placement.ASCENDING, moves);
    }

    /** The ways that mix most: what else goes wrong mostly goes wrong in these, too. */
    static List<Schedule> few(Texts texts, Random random) {
        return List.of(
                of("continuous batching", "A6", Placement.SHUFFLED, mixed(texts, random)),
                of("forked midway", "M7", Placement.SHUFFLED, shared(texts, 1)),
                ahead(texts));
    }

    private static Schedule ahead(Texts texts) {
        Schedule busy = of("issued ahead", "T2", Placement.SHUFFLED, swapped(texts));
        return new Schedule(busy.name(), busy.rules(), busy.placement(), true, busy.moves());
    }

    /** Every way. */
    static List<Schedule> every(Texts texts, Random random, int... chunks) {
        List<Schedule> all = new ArrayList<>(few(texts, random));
        all.add(of("together", "A6", Placement.ASCENDING, List.of(whole(texts, order(texts)))));
        List<Integer> reversed = new ArrayList<>(order(texts));
        Collections.reverse(reversed);
        all.add(of("reordered", "A6", Placement.ASCENDING, List.of(whole(texts, reversed))));
        all.add(of("other blocks", "M2", Placement.DESCENDING, List.of(whole(texts, order(texts)))));
        all.add(of("scattered blocks", "M2", Placement.SHUFFLED, chunks(texts, 20)));
        for (int chunk : chunks) {
            all.add(of("chunks of " + chunk, "A6", Placement.ASCENDING, chunks(texts, chunk)));
        }
        all.add(of("prefix shared", "M2", Placement.SHUFFLED, shared(texts, 16)));
        all.add(of("swapped out and in", "M8", Placement.SHUFFLED, swapped(texts)));
        all.add(of("dropped and computed again", "M5", Placement.SHUFFLED, dropped(texts)));
        return all;
    }

    private static List<Integer> order(Texts texts) {
        return IntStream.range(0, texts.count()).boxed().toList();
    }

    private static Compute whole(Texts texts, List<Integer> order) {
        return new Compute(
                "all", order.stream().map(s -> new Part(s, texts.length(s))).toList());
    }

    /** All sequences side by side, so many tokens of each a step. */
    private static List<Move> chunks(Texts texts, int size) {
        List<Move> moves = new ArrayList<>();
        for (int from = 0; from < texts.longest(); from += size) {
            List<Part> parts = new ArrayList<>();
            for (int s = 0; s < texts.count(); s++) {
                int tokens = Math.clamp(texts.length(s) - from, 0, size);
                if (tokens > 0) {
                    parts.add(new Part(s, tokens));
                }
            }
            moves.add(new Compute("from " + from, parts));
        }
        return moves;
    }

    /** Some sequences a step, some of their tokens, in any order: as a serving engine mixes prefill and decode. */
    private static List<Move> mixed(Texts texts, Random random) {
        int[] done = new int[texts.count()];
        List<Move> moves = new ArrayList<>();
        while (IntStream.range(0, done.length).anyMatch(s -> done[s] < texts.length(s))) {
            List<Part> parts = new ArrayList<>();
            List<Integer> order = new ArrayList<>(order(texts));
            Collections.shuffle(order, random);
            for (int s : order) {
                int left = texts.length(s) - done[s];
                int most = done[s] == 0 ? 40 : random.nextBoolean() ? 1 : 25;
                int tokens = random.nextInt(3) == 0 ? 0 : Math.min(left, 1 + random.nextInt(most));
                if (left > 0 || random.nextInt(4) == 0) {
                    parts.add(new Part(s, tokens));
                    done[s] += tokens;
                }
            }
            if (parts.stream().anyMatch(part -> part.tokens() > 0)) {
                moves.add(new Compute("step " + moves.size(), parts));
            }
        }
        return moves;
    }

    /**
     * Sequences that begin like another are taken over from it where it has come so far, then all go on together.
     *
     * @param unit tokens are shared in multiples of it
     */
    private static List<Move> shared(Texts texts, int unit) {
        List<Move> moves = new ArrayList<>();
        int[] done = new int[texts.count()];
        for (int s = 0; s < texts.count(); s++) {
            int like = texts.all().get(s).like();
            int tokens = texts.all().get(s).shared() / unit * unit;
            if (tokens > 0) {
                if (done[like] < tokens) {
                    moves.add(new Compute("up to the fork of " + s, List.of(new Part(like, tokens - done[like]))));
                    done[like] = tokens;
                }
                moves.add(new Move.Share(like, s, tokens));
                done[s] = tokens;
            }
        }
        List<Part> parts = new ArrayList<>();
        for (int s = 0; s < texts.count(); s++) {
            parts.add(new Part(s, Math.min(2, texts.length(s) - done[s])));
            done[s] += parts.getLast().tokens();
        }
        moves.add(new Compute("two each", parts));
        moves.add(new Compute(
                "the rest",
                order(texts).stream()
                        .map(s -> new Part(s, texts.length(s) - done[s]))
                        .toList()));
        return moves;
    }

    /** Half of each; half of the sequences leave, others go on in their blocks; then they come back. */
    private static List<Move> swapped(Texts texts) {
        List<Move> moves = new ArrayList<>();
        List<Part> half = new ArrayList<>();
        List<Part> stay = new ArrayList<>();
        List<Part> back = new ArrayList<>();
        for (int s = 0; s < texts.count(); s++) {
            int first = texts.length(s) / 2;
            half.add(new Part(s, first));
            (s % 2 == 0 ? back : stay).add(new Part(s, texts.length(s) - first));
        }
        moves.add(new Compute("first half", half));
        back.forEach(part -> moves.add(new Move.SwapOut(part.sequence())));
        moves.add(new Move.Scribble());
        moves.add(new Compute("those that stay", stay));
        back.forEach(part -> moves.add(new Move.SwapIn(part.sequence())));
        moves.add(new Compute("those that come back", back));
        return moves;
    }

    /** Half of each; half of the sequences are preempted and begin anew. */
    private static List<Move> dropped(Texts texts) {
        List<Move> moves = new ArrayList<>();
        List<Part> rest = new ArrayList<>();
        List<Part> half = new ArrayList<>();
        for (int s = 0; s < texts.count(); s++) {
            int first = (texts.length(s) + 1) / 2;
            half.add(new Part(s, first));
            rest.add(new Part(s, s % 2 == 0 ? texts.length(s) : texts.length(s) - first));
        }
        moves.add(new Compute("first half", half));
        for (int s = 0; s < texts.count(); s += 2) {
            moves.add(new Move.Drop(s));
        }
        moves.add(new Move.Scribble());
        moves.add(new Compute("the rest, some from the start", rest));
        return moves;
    }
}
