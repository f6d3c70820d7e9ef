package dev.quire.core.source;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What the bytes of a file must hash to.
 *
 * @param kind how to hash
 * @param hex digits in lower case
 */
record Checksum(Kind kind, String hex) {
    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");
    private static final Pattern SHA1 = Pattern.compile("[0-9a-f]{40}");

    /** Ways to hash a file. */
    enum Kind {
        SHA256("SHA-256"),
        /** What git calls a file: SHA-1 of "blob", its length, and its bytes. */
        GIT_BLOB("SHA-1");

        private final String algorithm;

        Kind(String algorithm) {
            this.algorithm = algorithm;
        }
    }

    static Optional<Checksum> sha256(String hex) {
        String lower = hex.toLowerCase(Locale.ROOT);
        return SHA256.matcher(lower).matches() ? Optional.of(new Checksum(Kind.SHA256, lower)) : Optional.empty();
    }

    /** The checksum that an entity tag of the hub is: SHA-256 of large files, git's hash of small ones. */
    static Optional<Checksum> ofTag(String tag) {
        return SHA1.matcher(tag).matches() ? Optional.of(new Checksum(Kind.GIT_BLOB, tag)) : sha256(tag);
    }

    /** What {@code file} hashes to. */
    String of(Path file) throws IOException {
        MessageDigest digest = digest();
        if (kind == Kind.GIT_BLOB) {
            digest.update(("blob " + Files.size(file) + "\0").getBytes(StandardCharsets.US_ASCII));
        }
        byte[] buffer = new byte[1 << 16];
        try (InputStream in = Files.newInputStream(file)) {
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                digest.update(buffer, 0, count);
            }
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    private MessageDigest digest() {
        try {
            return MessageDigest.getInstance(kind.algorithm);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has " + kind.algorithm, e);
        }
    }
}
