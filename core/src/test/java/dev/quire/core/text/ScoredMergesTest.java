package dev.quire.core.text;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ScoredMergesTest {
    private static final String[] PIECES = {"<s>", "a", "b", "ab", "aa", "aab", "🙂", "🙂a", "s>"};

    private static List<String> merges(float... scores) {
        Map<String, Integer> ids = new HashMap<>();
        for (int id = 0; id < PIECES.length; id++) {
            ids.put(PIECES[id], id);
        }
        return ScoredMerges.of(PIECES, scores, ids, id -> id > 0).stream()
                .map(merge -> merge.left() + "+" + merge.right())
                .toList();
    }

    @Test
    void higherScoresMergeFirst() {
        assertEquals(List.of("🙂+a", "a+a", "a+b", "aa+b", "a+ab"), merges(0, -9, -9, -3, -2, -4, -9, -1, -9));
    }

    @Test
    void amongEqualScoresLongerLeftHalvesMergeFirst() {
        assertEquals(List.of("aa+b", "a+ab", "a+b", "a+a", "🙂+a"), merges(0, -9, -9, -1, -1, -1, -9, -1, -9));
    }
}
