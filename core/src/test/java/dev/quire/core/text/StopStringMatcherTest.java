package dev.quire.core.text;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.text.StopStringMatcher.Match;
import dev.quire.core.text.StopStringMatcher.Released;
import dev.quire.core.text.StopStringMatcher.StopText;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class StopStringMatcherTest {
    /** The whole text at once: the stop string that ends first, and of those that end together the longest. */
    private static Optional<Match> search(String text, List<String> stops) {
        for (int end = 1; end <= text.length(); end++) {
            String head = text.substring(0, end);
            Optional<String> found = stops.stream().filter(head::endsWith).max(Comparator.comparingInt(String::length));
            if (found.isPresent()) {
                return Optional.of(new Match(found.get(), end - found.get().length()));
            }
        }
        return Optional.empty();
    }

    /** How much of a text must wait: its longest end that begins a stop string. */
    private static int waiting(String text, List<String> stops) {
        for (int length = text.length(); length > 0; length--) {
            String tail = text.substring(text.length() - length);
            if (stops.stream().anyMatch(stop -> stop.startsWith(tail))) {
                return length;
            }
        }
        return 0;
    }

    private static String letters(SplittableRandom random, int length) {
        String[] alphabet = {"a", "b", "a", "b", "c", "🙂", "é"};
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < length; i++) {
            out.append(alphabet[random.nextInt(alphabet.length)]);
        }
        return out.toString();
    }

    private static List<String> split(SplittableRandom random, String text) {
        List<String> pieces = new ArrayList<>();
        int at = 0;
        while (at < text.length()) {
            int end = text.offsetByCodePoints(
                    at, Math.min(1 + random.nextInt(5), text.codePointCount(at, text.length())));
            pieces.add(text.substring(at, end));
            at = end;
            if (random.nextInt(4) == 0) {
                pieces.add("");
            }
        }
        return pieces;
    }

    @Test
    void anySplitGivesWhatTheWholeTextGives() {
        int matches = 0;
        for (long seed = 0; seed < 20_000; seed++) {
            SplittableRandom random = new SplittableRandom(seed);
            List<String> stops = new ArrayList<>();
            for (int i = random.nextInt(5); i > 0; i--) {
                stops.add(letters(random, 1 + random.nextInt(6)));
            }
            String text = letters(random, random.nextInt(40));
            StopText stopText = random.nextBoolean() ? StopText.EXCLUDE : StopText.INCLUDE;
            Optional<Match> expected = search(text, stops);
            matches += expected.isPresent() ? 1 : 0;

            StopStringMatcher matcher = new StopStringMatcher(stops, stopText);
            StringBuilder sent = new StringBuilder();
            StringBuilder given = new StringBuilder();
            String message = "seed " + seed + " stops " + stops + " text " + text;
            for (String piece : split(random, text)) {
                Released released = matcher.push(piece);
                sent.append(released.text());
                given.append(piece);
                if (matcher.match().isEmpty()) {
                    assertEquals(waiting(given.toString(), stops), given.length() - sent.length(), message);
                }
            }
            sent.append(matcher.finish());
            assertEquals(expected, matcher.match(), message);
            int end = expected.map(m -> (int) m.start()
                            + (stopText == StopText.INCLUDE ? m.stop().length() : 0))
                    .orElse(text.length());
            assertEquals(text.substring(0, end), sent.toString(), message);
        }
        assertTrue(matches > 5000, "only " + matches + " texts held a stop string");
    }

    @Test
    void theReleaseThatMatchesSaysSo() {
        StopStringMatcher matcher = new StopStringMatcher(List.of("\n\nUser:"), StopText.EXCLUDE);
        assertEquals(new Released("Hello", Optional.empty()), matcher.push("Hello\n"));
        assertEquals(new Released("", Optional.empty()), matcher.push("\nUs"));
        assertEquals(new Released("", Optional.of(new Match("\n\nUser:", 5))), matcher.push("er: more"));
        assertEquals(new Released("", Optional.empty()), matcher.push("dropped"));
        assertEquals("", matcher.finish());
    }

    @Test
    void heldTextLeavesWhenTheTextEnds() {
        StopStringMatcher matcher = new StopStringMatcher(List.of("stop"), StopText.EXCLUDE);
        assertEquals("no ", matcher.push("no sto").text());
        assertEquals("sto", matcher.finish());
    }

    @Test
    void noStopStringBeginsInTextThatIsPassed() {
        StopStringMatcher matcher = new StopStringMatcher(List.of("ab"), StopText.EXCLUDE);
        assertEquals("xabxa", matcher.pass("xabxa"));
        assertEquals(new Released("b", Optional.empty()), matcher.push("b"));
        assertEquals(Optional.of(new Match("ab", 6)), matcher.push("ab").match());
    }

    @Test
    void manyLongStopStringsCostNoMorePerCharacter() {
        List<String> stops = new ArrayList<>();
        for (int i = 0; i < 2000; i++) {
            stops.add("a".repeat(20) + i + ".");
        }
        StopStringMatcher matcher = new StopStringMatcher(stops, StopText.EXCLUDE);
        assertTrue(matcher.push("a".repeat(1_000_000)).match().isEmpty());
        assertEquals(
                Optional.of(new Match("a".repeat(20) + "1999.", 999_980)),
                matcher.push("1999.").match());
    }

    @Test
    void anEmptyStopStringIsRefused() {
        var error = assertThrows(
                IllegalArgumentException.class, () -> new StopStringMatcher(List.of("a", ""), StopText.EXCLUDE));
        assertTrue(error.getMessage().contains("empty"));
    }
}
