package dev.quire.backends.cpu.attention;

import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import java.util.Optional;

/**
 * What an attention op computes, apart from where its keys lie.
 *
 * @param heads query heads
 * @param kvHeads key and value heads; divides {@code heads}
 * @param headSize elements of a head
 * @param scale factor on q·k
 * @param mask which keys a query sees
 * @param softCap s becomes cap · tanh(s / cap)
 * @param alibi slope per query head; empty for none
 */
public record AttentionShape(
        int heads, int kvHeads, int headSize, float scale, Mask mask, Optional<Float> softCap, float[] alibi) {
    public AttentionShape {
        if (heads < 1 || kvHeads < 1 || headSize < 1 || heads % kvHeads != 0) {
            throw new IllegalArgumentException(
                    "%d query heads over %d KV heads of %d: all positive, and the second must divide the first"
                            .formatted(heads, kvHeads, headSize));
        }
        if (alibi.length != 0 && alibi.length != heads) {
            throw new IllegalArgumentException("%d ALiBi slopes for %d heads".formatted(alibi.length, heads));
        }
    }

    /** The shape of a program's op. */
    public static AttentionShape of(Op.Attend op) {
        Op.Attend.HeadShape shape = op.shape();
        float[] alibi = new float[op.alibi().size()];
        for (int i = 0; i < alibi.length; i++) {
            alibi[i] = op.alibi().get(i);
        }
        return new AttentionShape(
                shape.heads(),
                shape.kvHeads(),
                shape.headSize(),
                (float) shape.scale(),
                op.mask(),
                op.softCap(),
                alibi);
    }

    /** Query heads that read one KV head. */
    public int group() {
        return heads / kvHeads;
    }

    /** First key position that a query at {@code position} sees. */
    int first(int position) {
        return mask instanceof Mask.SlidingWindow(int size) ? Math.max(0, position - size + 1) : 0;
    }

    /** One past the last key position that a query at {@code position} sees, in a context of {@code length} tokens. */
    int end(int position, int length) {
        return mask instanceof Mask.Bidirectional ? length : Math.min(position + 1, length);
    }
}
