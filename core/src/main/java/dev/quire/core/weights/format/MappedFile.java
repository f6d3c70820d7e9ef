package dev.quire.core.weights.format;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;

/**
 * A file, mapped read-only: its pages are shared with every process that maps it, and come from disk when they are touched.
 *
 * @param name for messages
 * @param bytes the whole file; readable from any thread until the arena that it was mapped in is closed
 */
public record MappedFile(String name, MemorySegment bytes) {
    /**
     * Maps {@code path} until {@code arena} is closed.
     *
     * @throws WeightFormatException if it cannot be read
     */
    public static MappedFile open(Path path, Arena arena) {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            return new MappedFile(
                    path.toString(), channel.map(FileChannel.MapMode.READ_ONLY, 0, channel.size(), arena));
        } catch (IOException e) {
            throw new WeightFormatException("%s: cannot be read: %s".formatted(path, e), e);
        }
    }

    FileReport report() {
        return new FileReport(name);
    }
}
