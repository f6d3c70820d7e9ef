package dev.quire.conformance.run;

import dev.quire.api.AttentionBackend;
import dev.quire.api.SpiVersion;
import dev.quire.conformance.report.Kit;
import java.io.IOException;
import java.io.InputStream;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Properties;
import java.util.TreeMap;
import java.util.stream.Stream;

/** This kit's version and hash. The hash covers names and bytes of all classes and resources of the kit and of the SPI, which decodes weights. */
public final class KitIdentity {
    private KitIdentity() {}

    /** The kit that runs. */
    public static Kit own() throws IOException {
        Properties properties = new Properties();
        try (InputStream in = KitIdentity.class.getResourceAsStream("kit.properties")) {
            properties.load(in);
        }
        return new Kit(properties.getProperty("version"), hash(), SpiVersion.current());
    }

    private static String hash() throws IOException {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Part part : List.of(
                    new Part(KitIdentity.class, "dev/quire/conformance"),
                    new Part(AttentionBackend.class, "dev/quire/api"))) {
                part.addTo(digest);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** A folder of the class path, where {@code type} comes from. */
    private record Part(Class<?> type, String folder) {
        void addTo(MessageDigest digest) throws IOException {
            Path source = source();
            if (Files.isDirectory(source)) {
                add(source.resolve(folder), digest);
                return;
            }
            try (FileSystem jar = FileSystems.newFileSystem(source)) {
                add(jar.getPath(folder), digest);
            }
        }

        private Path source() {
            try {
                return Path.of(
                        type.getProtectionDomain().getCodeSource().getLocation().toURI());
            } catch (URISyntaxException e) {
                throw new IllegalStateException("the place of %s is no URI".formatted(type), e);
            }
        }

        private void add(Path root, MessageDigest digest) throws IOException {
            Map<String, Path> files = new TreeMap<>();
            try (Stream<Path> walk = Files.walk(root)) {
                walk.filter(Files::isRegularFile)
                        .forEach(file ->
                                files.put(root.relativize(file).toString().replace('\\', '/'), file));
            }
            for (Map.Entry<String, Path> file : files.entrySet()) {
                digest.update((folder + "/" + file.getKey() + "\n").getBytes(StandardCharsets.UTF_8));
                digest.update(Files.readAllBytes(file.getValue()));
            }
        }
    }
}
