package dev.quire.kernels;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Compiled kernels on disk, one file each: a magic number, the SHA-256 of key and binary, the binary. Files appear whole, by an atomic
 * rename; one that does not match its hash is dropped and compiled again. Any number of threads and processes may share a folder. A disk that
 * fails costs time, never a kernel: the notice says so.
 */
public final class KernelCache {
    private static final byte[] MAGIC = "QUIREKC1".getBytes(StandardCharsets.US_ASCII);
    private static final int HEADER = MAGIC.length + Sha256.BYTES;
    private static final String BINARY = "[0-9a-f]{64}\\.bin";
    private static final Duration ABANDONED = Duration.ofDays(1);

    private final Path folder;
    private final long maxBytes;
    private final Consumer<String> notices;

    /**
     * What decides a binary.
     *
     * @param source SHA-256 of the expanded source, {@link KernelSource#sha256()}
     * @param device the device's name or architecture
     * @param driver the driver's version
     * @param compiler the compiler's version and options
     */
    public record Key(String source, String device, String driver, String compiler) {
        private byte[] hash() {
            byte[][] parts = new byte[8][];
            int at = 0;
            for (String part : new String[] {source, device, driver, compiler}) {
                byte[] bytes = part.getBytes(StandardCharsets.UTF_8);
                parts[at++] =
                        ByteBuffer.allocate(Integer.BYTES).putInt(bytes.length).array();
                parts[at++] = bytes;
            }
            return Sha256.of(parts);
        }
    }

    /**
     * @param folder made when the first binary is stored
     * @param maxBytes of all files together; the least recently used go first
     * @param notices receives a sentence when the disk fails or a file is corrupt
     */
    public KernelCache(Path folder, long maxBytes, Consumer<String> notices) {
        if (maxBytes < 0) {
            throw new IllegalArgumentException("a kernel cache of %d bytes; give 0 to keep none".formatted(maxBytes));
        }
        this.folder = folder;
        this.maxBytes = maxBytes;
        this.notices = notices;
    }

    /** The binary of {@code key}: from disk, or else from {@code compile}, which is then stored. */
    public byte[] get(Key key, Supplier<byte[]> compile) {
        return find(key).orElseGet(() -> {
            byte[] binary = compile.get();
            put(key, binary);
            return binary;
        });
    }

    /** What is stored for {@code key}, whole; nothing if the disk fails. */
    public Optional<byte[]> find(Key key) {
        byte[] hash = key.hash();
        try {
            return read(file(hash), hash);
        } catch (IOException e) {
            notices.accept("The kernel cache cannot be read, so what it may hold is made again: " + e);
            return Optional.empty();
        }
    }

    /** Stores the binary of {@code key}, over what was stored before. */
    public void put(Key key, byte[] binary) {
        byte[] hash = key.hash();
        try {
            store(file(hash), hash, binary);
        } catch (IOException | UncheckedIOException e) {
            notices.accept(
                    "The kernel cache cannot be written, so the next start makes again what it should hold: " + e);
        }
    }

    private Path file(byte[] hash) {
        return folder.resolve(HexFormat.of().formatHex(hash) + ".bin");
    }

    private Optional<byte[]> read(Path file, byte[] hash) throws IOException {
        byte[] bytes;
        try {
            bytes = Files.readAllBytes(file);
        } catch (NoSuchFileException absent) {
            return Optional.empty();
        }
        byte[] binary = Arrays.copyOfRange(bytes, Math.min(HEADER, bytes.length), bytes.length);
        if (!Arrays.equals(header(hash, binary), Arrays.copyOf(bytes, HEADER))) {
            notices.accept("Kernel cache entry %s is corrupt and was dropped.".formatted(file));
            Files.deleteIfExists(file);
            return Optional.empty();
        }
        Files.setLastModifiedTime(file, FileTime.from(Instant.now()));
        return Optional.of(binary);
    }

    private void store(Path file, byte[] hash, byte[] binary) throws IOException {
        if (HEADER + (long) binary.length > maxBytes) {
            return;
        }
        Files.createDirectories(folder);
        Path partial = Files.createTempFile(folder, "kernel", ".partial");
        try {
            byte[] header = header(hash, binary);
            Files.write(
                    partial,
                    ByteBuffer.allocate(HEADER + binary.length)
                            .put(header)
                            .put(binary)
                            .array());
            Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
        prune(file);
    }

    private static byte[] header(byte[] hash, byte[] binary) {
        return ByteBuffer.allocate(HEADER)
                .put(MAGIC)
                .put(Sha256.of(hash, binary))
                .array();
    }

    private record Entry(Path file, long bytes, Instant used) {}

    /** Deletes the least recently used files until the rest fits, {@code kept} last, and what crashed writers left behind. */
    private void prune(Path kept) throws IOException {
        long total = 0;
        Instant abandoned = Instant.now().minus(ABANDONED);
        for (Entry entry : entries(".*\\.partial")) {
            if (entry.used().isBefore(abandoned)) {
                Files.deleteIfExists(entry.file());
            }
        }
        List<Entry> entries = entries(BINARY);
        for (Entry entry : entries) {
            total += entry.bytes();
        }
        for (Entry entry : entries) {
            if (total > maxBytes && !entry.file().equals(kept)) {
                Files.deleteIfExists(entry.file());
                total -= entry.bytes();
            }
        }
    }

    /** Files whose name matches, least recently used first. */
    private List<Entry> entries(String pattern) throws IOException {
        List<Entry> entries = new ArrayList<>();
        try (var files = Files.newDirectoryStream(
                folder, file -> file.getFileName().toString().matches(pattern))) {
            for (Path file : files) {
                entries.add(new Entry(
                        file, Files.size(file), Files.getLastModifiedTime(file).toInstant()));
            }
        }
        entries.sort(Comparator.comparing(Entry::used));
        return entries;
    }
}
