package dev.quire.conformance.run;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Stream;

/** A folder that goes when it is closed, with all that it holds. */
record TemporaryFolder(Path path) implements AutoCloseable {
    static TemporaryFolder create() throws IOException {
        return new TemporaryFolder(Files.createTempDirectory("quire"));
    }

    @Override
    public void close() throws IOException {
        List<Path> content;
        try (Stream<Path> walk = Files.walk(path)) {
            content = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path one : content) {
            Files.deleteIfExists(one);
        }
    }
}
