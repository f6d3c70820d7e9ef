package dev.quire.server.contract;

import io.vertx.core.json.JsonObject;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Pattern;

/** A request that is not carried out, as OpenAI's clients understand it. */
public final class ApiException extends RuntimeException {
    private static final long serialVersionUID = 1;

    private static final Pattern FIELD = Pattern.compile("[a-z][a-z_]*");

    private final Kind kind;
    private final transient Optional<String> param;
    private final transient OptionalInt retryAfter;

    /** The classes of refusals, each with its HTTP status and OpenAI's name. */
    public enum Kind {
        BAD_REQUEST(400, "BadRequestError"),
        UNAUTHORIZED(401, "AuthenticationError"),
        FORBIDDEN(403, "PermissionDeniedError"),
        NOT_FOUND(404, "NotFoundError"),
        METHOD_NOT_ALLOWED(405, "MethodNotAllowedError"),
        TOO_LARGE(413, "RequestTooLargeError"),
        HEAD_TOO_LARGE(431, "RequestTooLargeError"),
        OVERLOADED(429, "RateLimitError"),
        INTERNAL(500, "InternalServerError"),
        UNAVAILABLE(503, "ServiceUnavailableError");

        private final int status;
        private final String type;

        Kind(int status, String type) {
            this.status = status;
            this.type = type;
        }

        /** The HTTP status. */
        public int status() {
            return status;
        }
    }

    private ApiException(Kind kind, String message, Optional<String> param, OptionalInt retryAfter) {
        super(message);
        this.kind = kind;
        this.param = param;
        this.retryAfter = retryAfter;
    }

    /** A refusal that no single field causes. */
    public static ApiException of(Kind kind, String message) {
        return new ApiException(kind, message, Optional.empty(), OptionalInt.empty());
    }

    /** A request that is wrong in field {@code param}. */
    public static ApiException badRequest(String param, String message) {
        return new ApiException(Kind.BAD_REQUEST, message, Optional.of(param), OptionalInt.empty());
    }

    /** A request that is wrong in the field that begins {@code message}, or in {@code otherwise} if the message begins with none. */
    public static ApiException badRequestBySubject(String message, String otherwise) {
        String subject = message.split(" ")[0];
        return badRequest(FIELD.matcher(subject).matches() ? subject : otherwise, message);
    }

    /** A model that is not served. */
    public static ApiException noSuchModel(String model) {
        return new ApiException(
                Kind.NOT_FOUND,
                "The model `%s` does not exist.".formatted(model),
                Optional.of("model"),
                OptionalInt.empty());
    }

    /** Too much to do; try again after some seconds. */
    public static ApiException overloaded(String message, int retryAfterSeconds) {
        return new ApiException(Kind.OVERLOADED, message, Optional.empty(), OptionalInt.of(retryAfterSeconds));
    }

    /** Its class. */
    public Kind kind() {
        return kind;
    }

    /** The field at fault, if one is. */
    public Optional<String> param() {
        return param;
    }

    /** Seconds after which the same request may succeed, if that is known. */
    public OptionalInt retryAfter() {
        return retryAfter;
    }

    /** The body of the answer: {@code {"error": {message, type, param, code}}}. */
    public JsonObject toJson() {
        return new JsonObject()
                .put(
                        "error",
                        new JsonObject()
                                .put("message", getMessage())
                                .put("type", kind.type)
                                .put("param", param.orElse(null))
                                .put("code", kind.status));
    }
}
