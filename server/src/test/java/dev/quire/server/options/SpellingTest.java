package dev.quire.server.options;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class SpellingTest {
    private static final List<String> KNOWN = List.of("temperature", "top_p", "top_k", "n", "stop", "max_tokens");

    @Test
    void oneOrTwoSlipsAreRecognised() {
        assertEquals(Optional.of("temperature"), Spelling.nearest("tempurature", KNOWN));
        assertEquals(Optional.of("temperature"), Spelling.nearest("temperatrue", KNOWN));
        assertEquals(Optional.of("max_tokens"), Spelling.nearest("maxTokens", KNOWN));
        assertEquals(Optional.of("max_tokens"), Spelling.nearest("max-token", KNOWN));
        assertEquals(Optional.of("stop"), Spelling.nearest("stpo", KNOWN));
    }

    @Test
    void otherNamesAreNotSlips() {
        assertEquals(Optional.empty(), Spelling.nearest("m", KNOWN));
        assertEquals(Optional.empty(), Spelling.nearest("user", KNOWN));
        assertEquals(Optional.empty(), Spelling.nearest("temper", KNOWN));
    }

    @Test
    void theNearestNameWins() {
        assertEquals(Optional.of("top_p"), Spelling.nearest("topp", KNOWN));
    }

    @Test
    void swappedNeighboursCountOnce() {
        assertEquals(1, Spelling.distance("ab", "ba"));
        assertEquals(3, Spelling.distance("kitten", "sitting"));
        assertEquals(2, Spelling.distance("", "ab"));
    }
}
