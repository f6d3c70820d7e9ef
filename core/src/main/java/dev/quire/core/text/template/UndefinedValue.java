package dev.quire.core.text.template;

/**
 * What a name, attribute or element that does not exist evaluates to: prints as nothing, iterates over nothing, and fails when anything
 * else is asked of it.
 *
 * @param message what the failure says
 */
record UndefinedValue(String message) implements Value {

    static UndefinedValue name(String name) {
        return new UndefinedValue(
                "'" + name + "' is undefined. Pass it in the context, or guard it with 'is defined'.");
    }

    static UndefinedValue attribute(Value subject, String name) {
        return new UndefinedValue("'" + describe(subject) + "' has no attribute '" + name + "'");
    }

    static UndefinedValue element(Value subject, Value key) {
        return key instanceof TextValue text
                ? attribute(subject, text.text())
                : new UndefinedValue(describe(subject) + " has no element " + key.typeName()
                        + (key instanceof IntValue number ? " " + number.value() : ""));
    }

    static UndefinedValue unsafe(Value subject, String name) {
        return new UndefinedValue("access to attribute '" + name + "' of '" + subject.typeName()
                + "' object is unsafe: values cannot be modified in a chat template.");
    }

    private static String describe(Value subject) {
        return subject == NoneValue.NONE ? "None" : subject.typeName() + " object";
    }

    TemplateException failure() {
        return TemplateException.render(message);
    }

    @Override
    public String typeName() {
        return "Undefined";
    }

    @Override
    public boolean truth() {
        return false;
    }
}
