package dev.quire.core.text;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.function.IntPredicate;

/**
 * The merge list that makes BPE agree with SentencePiece, whose pieces carry scores: every split of a piece into two pieces is a merge, ranked by
 * the piece's score, then by the length of its halves (as Transformers converts such models).
 */
final class ScoredMerges {
    /** Two pieces that become one. */
    record Merge(String left, String right, float score) {
        int leftLength() {
            return left.codePointCount(0, left.length());
        }

        int rightLength() {
            return right.codePointCount(0, right.length());
        }
    }

    private ScoredMerges() {}

    /**
     * @param pieces by id
     * @param scores by id; higher merges first
     * @param ids of every piece
     * @param merges whether the id takes part in merges
     */
    static List<Merge> of(String[] pieces, float[] scores, Map<String, Integer> ids, IntPredicate merges) {
        List<Merge> all = new ArrayList<>();
        for (int id = 0; id < pieces.length; id++) {
            if (merges.test(id)) {
                all.addAll(splits(pieces[id], scores[id], ids, merges));
            }
        }
        all.sort(Comparator.comparingDouble((Merge m) -> m.score())
                .thenComparingInt(Merge::leftLength)
                .thenComparingInt(Merge::rightLength)
                .reversed());
        return all;
    }

    private static List<Merge> splits(String piece, float score, Map<String, Integer> ids, IntPredicate merges) {
        List<Merge> splits = new ArrayList<>();
        for (int at = 1; at < piece.length(); at++) {
            if (Character.isLowSurrogate(piece.charAt(at))) {
                continue;
            }
            String left = piece.substring(0, at);
            String right = piece.substring(at);
            Integer leftId = ids.get(left);
            Integer rightId = ids.get(right);
            if (leftId != null && rightId != null && merges.test(leftId) && merges.test(rightId)) {
                splits.add(new Merge(left, right, score));
            }
        }
        splits.sort(Comparator.comparingInt((Merge m) -> ids.get(m.left())).thenComparingInt(m -> ids.get(m.right())));
        return splits;
    }
}
