package dev.quire.kernels.check;

import java.util.regex.Pattern;

/**
 * How often a kernel's machine code names the instructions that make it fast, as {@code nvdisasm} lists it.
 *
 * @param tensor matrix products on tensor cores, of a warp or of a warp group
 * @param group those of {@code tensor} that a warp group makes together
 * @param waits for products of warp groups
 * @param async copies from device memory to shared memory that the threads do not wait for
 * @param boxes those of {@code async} that bring boxes of tensors
 */
public record InstructionCount(int tensor, int group, int waits, int async, int boxes) {
    private static final Pattern TENSOR = Pattern.compile("\\b(?:HMMA|HGMMA|QMMA|QGMMA|IMMA|IGMMA|DMMA)\\b");
    private static final Pattern GROUP = Pattern.compile("\\b(?:HGMMA|QGMMA|IGMMA)\\b");
    private static final Pattern WAIT = Pattern.compile("\\bWARPGROUP\\.DEPBAR\\b");
    private static final Pattern ASYNC = Pattern.compile("\\b(?:LDGSTS|UTMALDG|UBLKCP)\\b");

    private static final Pattern BOX = Pattern.compile("\\bUTMALDG\\b");

    static InstructionCount parse(String listing) {
        return new InstructionCount(
                count(TENSOR, listing),
                count(GROUP, listing),
                count(WAIT, listing),
                count(ASYNC, listing),
                count(BOX, listing));
    }

    private static int count(Pattern pattern, String listing) {
        return (int) pattern.matcher(listing).results().count();
    }
}
