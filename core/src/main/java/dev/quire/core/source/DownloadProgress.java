package dev.quire.core.source;

import java.util.OptionalLong;

/** Hears how downloads go, on the thread that downloads. */
public interface DownloadProgress {
    /**
     * A file begins, goes on after an interruption, or starts again.
     *
     * @param file its name
     * @param present bytes that are already on disk
     * @param total size, if the server says it
     */
    void started(String file, long present, OptionalLong total);

    /** {@code bytes} more of {@code file} have come. */
    void advanced(String file, long bytes);

    /** All of {@code file} is there and its checksum is right. */
    void finished(String file);

    /** Hears nothing. */
    static DownloadProgress silent() {
        return new DownloadProgress() {
            @Override
            public void started(String file, long present, OptionalLong total) {
                // nobody watches
            }

            @Override
            public void advanced(String file, long bytes) {
                // nobody watches
            }

            @Override
            public void finished(String file) {
                // nobody watches
            }
        };
    }
}
