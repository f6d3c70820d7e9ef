package dev.quire.core.source;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.URL;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * A model that a jar of the class path carries, as the jar's index states it.
 *
 * @param index where the index lies; the files are beside it, in a folder called {@code name}
 */
record BundledModel(String name, URL index, List<Entry> files) {
    private static final Pattern NAME = Pattern.compile("[a-z0-9][a-z0-9._-]{0,63}");
    private static final Pattern FILE = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,127}");

    BundledModel {
        files = List.copyOf(files);
    }

    /** A file and what it must be. */
    record Entry(String name, long bytes, Checksum checksum) {}

    /**
     * Understands one element of an index's {@code models}.
     *
     * @throws IOException if it is none, or names files that do not lie beside it
     */
    static BundledModel of(JsonNode model, URL index) throws IOException {
        String name = text(model, "name", NAME, index);
        List<Entry> files = new ArrayList<>();
        Set<String> names = new HashSet<>();
        for (JsonNode file : model.path("files")) {
            Entry entry = entry(file, index);
            if (!names.add(entry.name())) {
                throw new IOException("%s names %s twice".formatted(index, entry.name()));
            }
            files.add(entry);
        }
        if (files.isEmpty()) {
            throw new IOException("%s gives %s no files".formatted(index, name));
        }
        return new BundledModel(name, index, files);
    }

    private static Entry entry(JsonNode file, URL index) throws IOException {
        String name = text(file, "name", FILE, index);
        JsonNode bytes = file.path("bytes");
        if (!bytes.canConvertToLong() || bytes.asLong() < 0) {
            throw new IOException("%s gives %s the length %s".formatted(index, name, bytes));
        }
        Checksum checksum = Checksum.sha256(file.path("sha256").asText())
                .orElseThrow(() -> new IOException("%s gives %s no SHA-256".formatted(index, name)));
        return new Entry(name, bytes.asLong(), checksum);
    }

    private static String text(JsonNode node, String field, Pattern allowed, URL index) throws IOException {
        String value = node.path(field).asText();
        if (!allowed.matcher(value).matches()) {
            throw new IOException("%s has the %s '%s'; expected %s".formatted(index, field, value, allowed));
        }
        return value;
    }

    long bytes() {
        return files.stream().mapToLong(Entry::bytes).sum();
    }

    /** Changes with the contents, so that another version of the model gets another folder. */
    String folderName() {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Entry file : files) {
                digest.update((file.name() + " " + file.checksum().hex() + "\n").getBytes(StandardCharsets.UTF_8));
            }
            return name + "-" + HexFormat.of().formatHex(digest.digest(), 0, 6);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /** The bytes of {@code file}, from the jar that the index came from. */
    InputStream open(Entry file) throws IOException {
        String base = index.toString();
        try {
            URL address = new URI(base.substring(0, base.lastIndexOf('/') + 1) + name + "/" + file.name()).toURL();
            URLConnection connection = address.openConnection();
            connection.setUseCaches(false);
            return connection.getInputStream();
        } catch (URISyntaxException e) {
            throw new IOException("%s of %s has no address beside %s".formatted(file.name(), name, base), e);
        }
    }
}
