package dev.quire.core.source;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/** Looks whether a file will fit before its first byte is fetched. */
final class DiskSpace {
    /** Left free for everything else. */
    private static final long RESERVE = 16L << 20;

    private DiskSpace() {}

    /**
     * Demands {@code bytes} free bytes in {@code folder}, which exists.
     *
     * @throws ModelSourceException if there are fewer
     */
    static void require(Path folder, long bytes, String what) throws IOException {
        long free = Files.getFileStore(folder).getUsableSpace();
        if (bytes > 0 && bytes > free - RESERVE) {
            throw new ModelSourceException(
                    "%s needs %s, and the disk of %s has %s left. Free some, or choose another cache folder."
                            .formatted(what, megabytes(bytes), folder, megabytes(free)));
        }
    }

    private static String megabytes(long bytes) {
        return "%.1f MB".formatted(bytes / 1e6);
    }
}
