package dev.quire.kernels.check;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What a kernel takes of a multiprocessor, as {@code cuobjdump --dump-resource-usage} lists it.
 *
 * @param registers of a thread
 * @param stackBytes of a thread, in device memory: spilled registers, and arrays that are indexed by what is not known beforehand
 * @param localBytes of a thread, in device memory as well
 * @param sharedBytes of a group, without what a launch adds
 */
public record ResourceUsage(int registers, int stackBytes, int localBytes, int sharedBytes) {
    private static final Pattern LINE = Pattern.compile("REG:(\\d+) STACK:(\\d+) SHARED:(\\d+) LOCAL:(\\d+)");

    /** @throws IllegalArgumentException if the listing is of another form, or of no function */
    static ResourceUsage parse(String listing) {
        Matcher line = LINE.matcher(listing);
        if (!line.find()) {
            throw new IllegalArgumentException(
                    "cuobjdump lists no 'REG:… STACK:… SHARED:… LOCAL:…' but:\n" + listing.strip());
        }
        return new ResourceUsage(number(line, 1), number(line, 2), number(line, 4), number(line, 3));
    }

    private static int number(Matcher line, int group) {
        return Integer.parseInt(line.group(group));
    }

    /** Bytes of a thread that lie in device memory instead of registers. */
    public int spilledBytes() {
        return stackBytes + localBytes;
    }
}
