package dev.quire.core.source;

import dev.quire.core.source.SourceOptions.Bundled;
import dev.quire.core.source.SourceOptions.Hub;
import dev.quire.core.source.SourceOptions.Network;
import dev.quire.core.source.SourceOptions.Packages;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Options that point at a test's own server and folder, and files to serve. */
final class SourceFixture {
    private SourceFixture() {}

    /** A class path without models. */
    static ClassLoader noBundledModels() {
        return new URLClassLoader(new URL[0], null);
    }

    static Network patient() {
        return online(Duration.ofMinutes(5), 4);
    }

    /** One that does not try again. */
    static Network once() {
        return online(Duration.ofMinutes(5), 1);
    }

    /** One that does not wait for a silent server, nor try again. */
    static Network impatient() {
        return online(Duration.ofSeconds(3), 1);
    }

    private static Network online(Duration stallTimeout, int attempts) {
        return new Network(Network.Mode.ONLINE, Duration.ofMinutes(5), stallTimeout, attempts, Duration.ofMillis(1));
    }

    static Network offline() {
        Network network = patient();
        return new Network(
                Network.Mode.OFFLINE,
                network.connectTimeout(),
                network.stallTimeout(),
                network.attempts(),
                network.retryDelay());
    }

    static SourceOptions options(URI server, Path folder, Network network) {
        return new SourceOptions(
                new Hub(server, Optional.empty(), folder.resolve("hub")),
                new Packages(List.of(URI.create(server + "/simple")), List.of(), folder.resolve("packages")),
                new Bundled(folder.resolve("bundled")),
                network);
    }

    static byte[] bytes(int length, long seed) {
        byte[] bytes = new byte[length];
        new SplittableRandom(seed).nextBytes(bytes);
        return bytes;
    }

    static String sha256(byte[] bytes) {
        return hash("SHA-256", bytes);
    }

    static String gitBlob(byte[] bytes) {
        ByteArrayOutputStream blob = new ByteArrayOutputStream();
        blob.writeBytes(("blob " + bytes.length + "\0").getBytes(StandardCharsets.US_ASCII));
        blob.writeBytes(bytes);
        return hash("SHA-1", blob.toByteArray());
    }

    static byte[] zip(Map<String, byte[]> entries) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry(entry.getKey()));
                zip.write(entry.getValue());
                zip.closeEntry();
            }
        }
        return bytes.toByteArray();
    }

    private static String hash(String algorithm, byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance(algorithm).digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError(e);
        }
    }
}
