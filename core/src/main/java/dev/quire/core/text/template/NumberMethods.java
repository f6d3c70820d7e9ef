package dev.quire.core.text.template;

import java.util.Optional;

/** The few attributes of numbers that templates may read. */
final class NumberMethods {

    private NumberMethods() {}

    static Optional<Value> find(Value number, String name) {
        return switch (name) {
            case "real" -> Optional.of(number instanceof FloatValue ? number : integer(number));
            case "imag" -> Optional.of(number instanceof FloatValue ? new FloatValue(0) : IntValue.of(0));
            case "numerator" -> number instanceof FloatValue ? Optional.empty() : Optional.of(integer(number));
            case "denominator" -> number instanceof FloatValue ? Optional.empty() : Optional.of(IntValue.of(1));
            case "is_integer" ->
                number instanceof FloatValue real
                        ? Optional.of(CallableValue.function("float.is_integer", arguments -> {
                            arguments.only("is_integer", 0, 0);
                            return BoolValue.of(
                                    real.value() == Math.rint(real.value()) && !Double.isInfinite(real.value()));
                        }))
                        : Optional.empty();
            case "bit_length" ->
                number instanceof FloatValue
                        ? Optional.empty()
                        : Optional.of(CallableValue.function(
                                "int.bit_length",
                                _ -> IntValue.of(Convert.integer(number)
                                        .orElseThrow()
                                        .abs()
                                        .bitLength())));
            default -> Optional.empty();
        };
    }

    private static Value integer(Value number) {
        return new IntValue(Convert.integer(number).orElseThrow());
    }
}
