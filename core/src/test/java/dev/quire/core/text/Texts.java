package dev.quire.core.text;

import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.random.RandomGenerator;

/** What the tests of this package read: the committed small model, and seeded text and ids. */
final class Texts {
    private static final int[] RANGES = {
        ' ', '~', ' ', '~', 0, 0x1F, 0xA0, 0x24F, 0x300, 0x36F, 0x410, 0x44F, 0x4E00, 0x4E80, 0x1F600, 0x1F64F, 0x2028,
        0x2029, 0xFFFD, 0xFFFD
    };

    private Texts() {}

    static Path tinyLlama() throws URISyntaxException {
        return Path.of(Texts.class
                        .getResource("/models/tiny-llama/tokenizer.json")
                        .toURI())
                .getParent();
    }

    /** Well-formed text of many scripts, with control characters, combining marks and emoji. */
    static String text(RandomGenerator random, int length) {
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < length; i++) {
            int range = 2 * random.nextInt(RANGES.length / 2);
            out.appendCodePoint(random.nextInt(RANGES[range], RANGES[range + 1] + 1));
        }
        return out.toString();
    }

    static int[] ids(RandomGenerator random, int vocabulary, int length) {
        return random.ints(length, 0, vocabulary).toArray();
    }
}
