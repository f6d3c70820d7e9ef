package dev.quire.core.text.template;

/** What stands after a {@code |}. */
@FunctionalInterface
interface Filter {

    Value apply(Environment environment, Value subject, Arguments arguments);

    /** What filters may use of the rendering they run in. */
    record Environment(Sandbox sandbox, Attributes attributes, Tests tests, Filters filters) {}
}
