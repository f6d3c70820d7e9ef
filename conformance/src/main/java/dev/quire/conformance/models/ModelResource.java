package dev.quire.conformance.models;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** Files that the kit's jar carries for a model. */
final class ModelResource {
    private static final String FOLDER = "/META-INF/quire/models/";

    private ModelResource() {}

    static byte[] bytes(String model, String file) {
        String path = FOLDER + model + "/" + file;
        try (InputStream in = ModelResource.class.getResourceAsStream(path)) {
            if (in == null) {
                throw new IllegalArgumentException("the conformance kit carries no " + path);
            }
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + path, e);
        }
    }

    static String text(String model, String file) {
        return new String(bytes(model, file), StandardCharsets.UTF_8);
    }
}
