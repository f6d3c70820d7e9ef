package dev.quire.server.contract;

import io.vertx.json.schema.OutputUnit;
import io.vertx.openapi.validation.SchemaValidationException;
import io.vertx.openapi.validation.ValidatorException;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Turns what the schema validator says into an answer that names the field, its value's fault and, for what Quire lacks, the reason. */
final class SchemaErrors {
    private static final Pattern MISSING = Pattern.compile("required property \"([^\"]+)\"");

    private final RequestSchema schema;

    SchemaErrors(RequestSchema schema) {
        this.schema = schema;
    }

    ApiException refusal(ValidatorException failure) {
        if (!(failure instanceof SchemaValidationException mismatch)) {
            return ApiException.of(ApiException.Kind.BAD_REQUEST, failure.getMessage());
        }
        List<OutputUnit> errors = flatten(mismatch.getOutputUnit()).toList();
        Optional<OutputUnit> deepest = errors.stream()
                .filter(unit -> unit.getError() != null && unit.getInstanceLocation() != null)
                .filter(unit -> !unit.getError().endsWith("match schema"))
                .max(Comparator.comparingInt(unit -> steps(unit).length));
        if (deepest.isEmpty()) {
            return ApiException.of(ApiException.Kind.BAD_REQUEST, failure.getMessage());
        }
        String[] steps = steps(deepest.get());
        Matcher missing = MISSING.matcher(deepest.get().getError());
        if (missing.find()) {
            String path = String.join(".", steps) + (steps.length == 0 ? "" : ".") + missing.group(1);
            return ApiException.badRequest(path.split("\\.")[0], "`%s` is missing.".formatted(path));
        }
        if (steps.length == 0) {
            return ApiException.of(ApiException.Kind.BAD_REQUEST, deepest.get().getError());
        }
        String field = steps[0];
        String path = String.join(".", steps);
        return schema.lacking(field)
                .map(reason -> ApiException.badRequest(field, "`%s` cannot be honoured: %s".formatted(field, reason)))
                .orElseGet(() -> ApiException.badRequest(
                        field,
                        "`%s` is invalid: %s".formatted(path, deepest.get().getError())));
    }

    private static String[] steps(OutputUnit unit) {
        String path = unit.getInstanceLocation().replaceFirst("^#?/?", "");
        return path.isEmpty() ? new String[0] : path.split("/");
    }

    private static Stream<OutputUnit> flatten(OutputUnit unit) {
        List<OutputUnit> inner = unit.getErrors() == null ? List.of() : unit.getErrors();
        return Stream.concat(Stream.of(unit), inner.stream().flatMap(SchemaErrors::flatten));
    }
}
