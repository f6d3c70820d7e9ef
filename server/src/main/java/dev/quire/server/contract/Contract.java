package dev.quire.server.contract;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import io.vertx.openapi.contract.MediaType;
import io.vertx.openapi.contract.OpenAPIContract;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;

/** The OpenAPI document of the server: {@code openapi.yaml} beside the classes. */
public final class Contract {
    private static final TypeReference<Map<String, Object>> MAPPING = new TypeReference<>() {};

    private static final String LONG = "x-quire-long";

    private Contract() {}

    /** The document as users read it. */
    public static String text() {
        try (InputStream in = Contract.class.getResourceAsStream("/openapi.yaml")) {
            if (in == null) {
                throw new IllegalStateException("openapi.yaml is not on the class path; the server's jar is broken.");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * The document as the router reads it. Answers are not validated, so media types that the validator does not know are left out of them;
     * neither are the elements of fields marked {@code x-quire-long}, because a hundred thousand token ids would hold up an event loop.
     */
    public static Future<OpenAPIContract> load(Vertx vertx) {
        try {
            JsonObject document = new JsonObject(new YAMLMapper().readValue(text(), MAPPING));
            dropUnknownMediaTypes(document.getJsonObject("paths"));
            dropLongItems(document.getJsonObject("components").getJsonObject("schemas"));
            return OpenAPIContract.from(vertx, document);
        } catch (IOException e) {
            return Future.failedFuture(e);
        }
    }

    private static void dropUnknownMediaTypes(JsonObject paths) {
        for (String path : paths.fieldNames()) {
            JsonObject operations = paths.getJsonObject(path);
            for (String method : operations.fieldNames()) {
                JsonObject responses = operations.getJsonObject(method).getJsonObject("responses");
                for (String status : responses.fieldNames()) {
                    JsonObject content = responses.getJsonObject(status).getJsonObject("content", new JsonObject());
                    content.getMap().keySet().removeIf(type -> !MediaType.isMediaTypeSupported(type));
                }
            }
        }
    }

    private static void dropLongItems(JsonObject schemas) {
        for (String name : schemas.fieldNames()) {
            JsonObject properties = schemas.getJsonObject(name).getJsonObject("properties", new JsonObject());
            for (String field : properties.fieldNames()) {
                if (properties.getJsonObject(field).containsKey(LONG)) {
                    properties.getJsonObject(field).remove("items");
                }
            }
        }
    }
}
