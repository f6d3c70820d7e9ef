package dev.quire.core.cache;

import java.nio.ByteBuffer;
import java.security.DigestException;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;

/**
 * Chains SHA-256 over blocks: {@code hash(0) = H(H(salt), tokens of block 0)}, {@code hash(i) = H(hash(i-1), tokens of block i)}, token
 * ids as big-endian 32-bit words. A cryptographic hash, because an engineered collision would show one user another's context.
 */
final class BlockHasher {
    private static final int DIGEST_BYTES = 32;

    private final int blockSize;
    private final MessageDigest sha256;
    private final byte[] message;
    private final ByteBuffer view;

    BlockHasher(int blockSize) {
        this.blockSize = blockSize;
        this.message = new byte[DIGEST_BYTES + Integer.BYTES * blockSize];
        this.view = ByteBuffer.wrap(message);
        try {
            this.sha256 = MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("This Java runtime has no SHA-256, which every runtime must have", e);
        }
    }

    int blockSize() {
        return blockSize;
    }

    /** The link before the first block. */
    BlockHash root(PrefixSalt salt) {
        sha256.update(salt.bytes());
        return digest();
    }

    /** The link of the block whose tokens start at {@code from}. */
    BlockHash link(BlockHash parent, int[] tokens, int from) {
        view.clear();
        view.putLong(parent.a()).putLong(parent.b()).putLong(parent.c()).putLong(parent.d());
        for (int i = 0; i < blockSize; i++) {
            view.putInt(tokens[from + i]);
        }
        sha256.update(message);
        return digest();
    }

    private BlockHash digest() {
        try {
            sha256.digest(message, 0, DIGEST_BYTES);
        } catch (DigestException e) {
            throw new IllegalStateException("A SHA-256 digest did not fit " + DIGEST_BYTES + " bytes", e);
        }
        return new BlockHash(view.getLong(0), view.getLong(8), view.getLong(16), view.getLong(24));
    }
}
