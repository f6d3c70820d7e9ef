package dev.quire.core.source;

import java.nio.file.Path;
import java.util.Locale;

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
    static void require(Path folder, long bytes, String what) {
        // Not by FileStore, which wants a mount point and finds none in a chroot. 0 also means unknown; then writing
        // will tell.
        long free = folder.toFile().getUsableSpace();
        if (free > 0 && bytes > free - RESERVE) {
            throw new ModelSourceException(
                    "%s needs %s, and the disk of %s has %s left. Free some, or choose another cache folder."
                            .formatted(what, megabytes(bytes), folder, megabytes(free)));
        }
    }

    private static String megabytes(long bytes) {
        return String.format(Locale.ROOT, "%.1f MB", bytes / 1e6);
    }
}
