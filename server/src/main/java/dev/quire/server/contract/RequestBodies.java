package dev.quire.server.contract;

import dev.quire.server.options.HttpOptions.UnknownFields;
import io.vertx.core.Future;
import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.openapi.router.RequestExtractor;
import io.vertx.openapi.contract.OpenAPIContract;
import io.vertx.openapi.contract.Operation;
import io.vertx.openapi.validation.RequestUtils;
import io.vertx.openapi.validation.ValidatableRequest;
import io.vertx.openapi.validation.ValidatorException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Reads bodies before the OpenAPI router validates them: parses JSON, drops {@code null} fields, and looks at names that no API defines. */
public final class RequestBodies implements RequestExtractor {
    private static final String JSON = "application/json";
    private static final String BODY = "quire.body";
    private static final int HEADER_LENGTH = 1000;
    private static final String SCHEMA = "quire.schema";

    private final Map<String, RequestSchema> schemas = new LinkedHashMap<>();
    private final UnknownFields policy;

    public RequestBodies(OpenAPIContract contract, UnknownFields policy) {
        this.policy = policy;
        for (Operation operation : contract.operations()) {
            if (operation.getRequestBody() != null) {
                JsonObject schema = operation
                        .getOpenAPIModel()
                        .getJsonObject("requestBody")
                        .getJsonObject("content")
                        .getJsonObject(JSON)
                        .getJsonObject("schema");
                schemas.put(operation.getOperationId(), new RequestSchema(contract.getRawContract(), schema));
            }
        }
    }

    /** The request's body, once it has been validated. */
    public static JsonObject of(RoutingContext context) {
        return context.get(BODY);
    }

    /** What to answer to a request that does not match its schema. */
    ApiException refusal(RoutingContext context, ValidatorException mismatch) {
        RequestSchema schema = context.get(SCHEMA);
        return schema == null
                ? ApiException.of(ApiException.Kind.BAD_REQUEST, mismatch.getMessage())
                : new SchemaErrors(schema).refusal(mismatch);
    }

    @Override
    public Future<ValidatableRequest> extractValidatableRequest(RoutingContext context, Operation operation) {
        RequestSchema schema = schemas.get(operation.getOperationId());
        if (schema == null) {
            return RequestUtils.extract(context.request(), operation, () -> Future.succeededFuture(Buffer.buffer()));
        }
        context.put(SCHEMA, schema);
        try {
            JsonObject body = parse(context);
            boolean dropped = body.getMap().values().removeIf(java.util.Objects::isNull);
            Buffer bytes = dropped ? body.toBuffer() : context.body().buffer();
            List<String> ignored = new FieldCheck(schema, policy).ignored(body);
            if (!ignored.isEmpty()) {
                context.response().putHeader("X-Quire-Ignored", headerText(ignored));
            }
            context.put(BODY, body);
            return RequestUtils.extract(context.request(), operation, () -> Future.succeededFuture(bytes));
        } catch (ApiException e) {
            return Future.failedFuture(e);
        }
    }

    /** Names come from the client: what a header cannot carry becomes a question mark, and a long list is cut. */
    private static String headerText(List<String> names) {
        String text = String.join(", ", names).replaceAll("[^ -~]", "?");
        return text.length() <= HEADER_LENGTH ? text : text.substring(0, HEADER_LENGTH) + ", ...";
    }

    private static JsonObject parse(RoutingContext context) {
        String type = context.request().getHeader("Content-Type");
        if (type == null || !type.split(";")[0].strip().equalsIgnoreCase(JSON)) {
            throw ApiException.of(
                    ApiException.Kind.BAD_REQUEST,
                    "The Content-Type is %s; send application/json."
                            .formatted(type == null ? "missing" : "'" + type + "'"));
        }
        Buffer bytes = context.body().buffer();
        if (bytes == null || bytes.length() == 0) {
            throw ApiException.of(ApiException.Kind.BAD_REQUEST, "The body is empty; send a JSON object.");
        }
        try {
            return new JsonObject(bytes);
        } catch (DecodeException e) {
            throw ApiException.of(
                    ApiException.Kind.BAD_REQUEST, "The body is not a JSON object: %s".formatted(firstLine(e)));
        }
    }

    private static String firstLine(DecodeException e) {
        return e.getMessage().lines().findFirst().orElse("it cannot be read");
    }
}
