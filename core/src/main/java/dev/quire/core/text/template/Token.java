package dev.quire.core.text.template;

/**
 * A piece of source.
 *
 * @param text the data, name, operator or digits; for a string what it denotes
 * @param line where it begins
 */
record Token(Type type, String text, int line) {

    /** Kinds of tokens. */
    enum Type {
        DATA("text"),
        PRINT_BEGIN("{{"),
        PRINT_END("}}"),
        BLOCK_BEGIN("{%"),
        BLOCK_END("%}"),
        NAME("a name"),
        STRING("a string"),
        INTEGER("an integer"),
        FLOAT("a number"),
        OPERATOR("an operator"),
        END("the end of the template");

        private final String label;

        Type(String label) {
            this.label = label;
        }

        String label() {
            return label;
        }
    }

    boolean is(String operator) {
        return type == Type.OPERATOR && text.equals(operator);
    }

    boolean isName(String name) {
        return type == Type.NAME && text.equals(name);
    }

    String describe() {
        return switch (type) {
            case NAME, OPERATOR, INTEGER, FLOAT -> "'" + text + "'";
            case STRING -> "string '" + text + "'";
            default -> type.label();
        };
    }
}
