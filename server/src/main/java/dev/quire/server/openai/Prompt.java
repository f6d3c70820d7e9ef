package dev.quire.server.openai;

/**
 * What a generation continues.
 *
 * @param ids its tokens
 * @param text its text, for answers that repeat it
 */
record Prompt(int[] ids, String text) {
    /** The last {@code length} tokens. */
    Prompt last(int length) {
        return ids.length <= length
                ? this
                : new Prompt(java.util.Arrays.copyOfRange(ids, ids.length - length, ids.length), text);
    }
}
