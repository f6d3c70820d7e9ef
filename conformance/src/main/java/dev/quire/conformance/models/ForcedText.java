package dev.quire.conformance.models;

/**
 * A text that is fed to a model whatever the model would choose.
 *
 * @param tokens of the text
 * @param prompt how many of them are fed in chunks; the others follow one a step
 * @param wanted the first token after which logits are wanted
 */
public record ForcedText(int[] tokens, int prompt, int wanted) {
    public ForcedText {
        if (prompt < 1 || prompt > tokens.length || wanted < 0 || wanted >= tokens.length) {
            throw new IllegalArgumentException(
                    "a text of %d tokens has no prompt of %d and no token %d".formatted(tokens.length, prompt, wanted));
        }
    }

    /** Rows of logits that are wanted. */
    public int rows() {
        return tokens.length - wanted;
    }
}
