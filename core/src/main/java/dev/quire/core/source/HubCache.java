package dev.quire.core.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * The cache that huggingface_hub keeps: in {@code models--org--name}, {@code blobs} holds contents under their checksums, {@code
 * snapshots/COMMIT} names them by links, and {@code refs} says which commit a branch was. So models that other tools fetched are found, and
 * theirs are found by them.
 */
final class HubCache {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PREFIX = "models--";

    private final Path root;

    HubCache(Path root) {
        this.root = root;
    }

    Path blob(ModelReference.Hub reference, String tag) {
        return repository(reference.id()).resolve("blobs").resolve(tag);
    }

    Path lock(ModelReference.Hub reference, String tag) {
        return root.resolve(".locks").resolve(folderName(reference.id())).resolve(tag + ".quire.lock");
    }

    Path snapshot(ModelReference.Hub reference, String commit) {
        return repository(reference.id()).resolve("snapshots").resolve(commit);
    }

    /** The model, if all of it is on disk. */
    Optional<ModelFiles> find(ModelReference.Hub reference) {
        return commit(reference)
                .map(commit -> snapshot(reference, commit))
                .filter(Files::isDirectory)
                .flatMap(folder -> model(folder, reference.file()));
    }

    /** Gives {@code blob} its name in a snapshot. */
    void link(Path blob, Path file) throws IOException {
        Files.createDirectories(file.getParent());
        if (Files.exists(file) && Files.isSameFile(file, blob)) {
            return;
        }
        Path fresh = Files.createTempDirectory(file.getParent(), ".link").resolve("file");
        try {
            Files.createSymbolicLink(fresh, file.getParent().relativize(blob));
        } catch (UnsupportedOperationException | IOException linksAreNotAllowed) {
            Files.copy(blob, fresh);
        }
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        Files.delete(fresh.getParent());
    }

    /** Remembers which commit a branch or tag is. */
    void remember(ModelReference.Hub reference, String commit) throws IOException {
        if (!reference.revision().equals(commit)) {
            Path ref = repository(reference.id()).resolve("refs").resolve(reference.revision());
            Files.createDirectories(ref.getParent());
            Files.writeString(ref, commit);
        }
    }

    /** All complete models. */
    List<CachedModel> list() {
        List<CachedModel> models = new ArrayList<>();
        for (Path repository : children(root)) {
            String name = repository.getFileName().toString();
            if (name.startsWith(PREFIX)) {
                String id = name.substring(PREFIX.length()).replace("--", "/");
                children(repository.resolve("refs"))
                        .forEach(ref -> add(id, ref.getFileName().toString(), models));
            }
        }
        return models;
    }

    private void add(String id, String revision, List<CachedModel> models) {
        ModelReference.Hub any = new ModelReference.Hub(id, revision, Optional.empty());
        Optional<Path> folder = commit(any).map(commit -> snapshot(any, commit));
        if (folder.isEmpty()) {
            return;
        }
        if (find(any).isPresent()) {
            models.add(new CachedModel(any.toString(), folder.get(), bytes(folder.get())));
            return;
        }
        for (Path gguf : ggufs(folder.get())) {
            String file = folder.get().relativize(gguf).toString().replace('\\', '/');
            models.add(new CachedModel(
                    new ModelReference.Hub(id, revision, Optional.of(file)).toString(),
                    gguf,
                    gguf.toFile().length()));
        }
    }

    private static Optional<ModelFiles> model(Path folder, Optional<String> file) {
        if (file.isPresent()) {
            return Optional.of(folder.resolve(file.get()))
                    .filter(Files::isRegularFile)
                    .map(ModelFiles.GgufFile::new);
        }
        if (isCheckpoint(folder)) {
            return Optional.of(new ModelFiles.HuggingFaceFolder(folder));
        }
        List<Path> ggufs = ggufs(folder);
        return ggufs.size() == 1 ? Optional.of(new ModelFiles.GgufFile(ggufs.getFirst())) : Optional.empty();
    }

    /** Whether a folder has a config, a tokenizer, and all of its safetensors weights. */
    static boolean isCheckpoint(Path folder) {
        boolean tokenizer = Stream.of("tokenizer.json", "tokenizer.model", "vocab.json")
                .anyMatch(name -> Files.isRegularFile(folder.resolve(name)));
        boolean single = Files.isRegularFile(folder.resolve(RepositoryFiles.SINGLE));
        return tokenizer
                && Files.isRegularFile(folder.resolve(RepositoryFiles.CONFIG))
                && (single || hasShards(folder));
    }

    private static boolean hasShards(Path folder) {
        Path index = folder.resolve(RepositoryFiles.INDEX);
        if (!Files.isRegularFile(index)) {
            return false;
        }
        try {
            List<JsonNode> shards = new ArrayList<>();
            JSON.readTree(index.toFile()).path("weight_map").forEach(shards::add);
            return !shards.isEmpty()
                    && shards.stream()
                            .map(JsonNode::asText)
                            .distinct()
                            .allMatch(shard ->
                                    RepositoryFiles.isSafe(shard) && Files.isRegularFile(folder.resolve(shard)));
        } catch (IOException e) {
            throw new ModelSourceException(
                    "%s cannot be read: %s. Delete it, so that it is fetched again.".formatted(index, e.getMessage()),
                    e);
        }
    }

    private Optional<String> commit(ModelReference.Hub reference) {
        Path ref = repository(reference.id()).resolve("refs").resolve(reference.revision());
        try {
            String commit = Files.isRegularFile(ref) ? Files.readString(ref).strip() : reference.revision();
            return Optional.of(commit).filter(RepositoryFiles::isSafe);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Path repository(String id) {
        return root.resolve(folderName(id));
    }

    private static String folderName(String id) {
        return PREFIX + id.replace("/", "--");
    }

    static List<Path> ggufs(Path folder) {
        if (!Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.walk(folder, 4)) {
            return files.filter(f -> f.toString().endsWith(".gguf") && Files.isRegularFile(f))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static List<Path> children(Path folder) {
        if (!Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS) && !Files.isDirectory(folder)) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(folder)) {
            return files.sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static long bytes(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files.filter(Files::isRegularFile)
                    .mapToLong(f -> f.toFile().length())
                    .sum();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
