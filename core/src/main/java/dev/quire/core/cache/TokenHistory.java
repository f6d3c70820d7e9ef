package dev.quire.core.cache;

import java.util.Arrays;
import java.util.Objects;

/**
 * The tokens of a sequence, prompt first, growing as it generates, with the hash of each full block computed once and kept.
 *
 * <p>The hashes belong to the block size of the {@link BlockManager} that first asked for one; a history serves one manager.
 */
public final class TokenHistory {
    private final PrefixSalt salt;
    private int[] tokens;
    private int size;
    private BlockHash[] hashes;
    private int hashed;

    /**
     * @param prompt the first tokens; copied
     * @param salt what besides the tokens decides the content
     */
    public TokenHistory(int[] prompt, PrefixSalt salt) {
        this(prompt.clone(), prompt.length, Objects.requireNonNull(salt, "salt"), new BlockHash[8], 0);
    }

    private TokenHistory(int[] tokens, int size, PrefixSalt salt, BlockHash[] hashes, int hashed) {
        this.tokens = tokens;
        this.size = size;
        this.salt = salt;
        this.hashes = hashes;
        this.hashed = hashed;
    }

    /** A copy that grows on its own; hashes known so far are not computed again. */
    public TokenHistory fork() {
        return new TokenHistory(tokens.clone(), size, salt, hashes.clone(), hashed);
    }

    public int size() {
        return size;
    }

    /** @throws IndexOutOfBoundsException unless {@code 0 <= position < size()} */
    public int get(int position) {
        return tokens[Objects.checkIndex(position, size)];
    }

    public void append(int token) {
        if (size == tokens.length) {
            tokens = Arrays.copyOf(tokens, Math.max(16, size + (size >> 1)));
        }
        tokens[size++] = token;
    }

    /** Copies the tokens of positions {@code from} up to {@code from + count} to {@code target[at]} and following. */
    public void copyTo(int from, int count, int[] target, int at) {
        Objects.checkFromIndexSize(from, count, size);
        System.arraycopy(tokens, from, target, at, count);
    }

    /** The hash of a full block; hashes every full block before it that has none yet. */
    BlockHash hash(int block, BlockHasher hasher) {
        Objects.checkIndex(block, size / hasher.blockSize());
        while (hashed <= block) {
            if (hashed == hashes.length) {
                hashes = Arrays.copyOf(hashes, 2 * hashed);
            }
            BlockHash parent = hashed == 0 ? hasher.root(salt) : hashes[hashed - 1];
            hashes[hashed] = hasher.link(parent, tokens, hashed * hasher.blockSize());
            hashed++;
        }
        return hashes[block];
    }
}
