package dev.quire.core.cache;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;

/**
 * What besides its tokens decides the content of a block: the caller's cache salt, the adapter, digests of images. It enters the first
 * link of the hash chain, so two prompts share blocks only if their salts are equal.
 *
 * @param bytes the salt; copied on the way in and on the way out
 */
public record PrefixSalt(byte[] bytes) {
    /** The salt of a plain text prompt to the base model. */
    public static final PrefixSalt NONE = new PrefixSalt(new byte[0]);

    public PrefixSalt {
        bytes = bytes.clone();
    }

    /** A salt of several parts, each preceded by its length, so that ("ab", "c") and ("a", "bc") differ. */
    public static PrefixSalt of(List<byte[]> parts) {
        var joined = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            joined.writeBytes(
                    ByteBuffer.allocate(Integer.BYTES).putInt(part.length).array());
            joined.writeBytes(part);
        }
        return new PrefixSalt(joined.toByteArray());
    }

    @Override
    public byte[] bytes() {
        return bytes.clone();
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PrefixSalt salt && Arrays.equals(bytes, salt.bytes);
    }

    @Override
    public int hashCode() {
        return Arrays.hashCode(bytes);
    }

    @Override
    public String toString() {
        return "PrefixSalt[" + HexFormat.of().formatHex(bytes) + "]";
    }
}
