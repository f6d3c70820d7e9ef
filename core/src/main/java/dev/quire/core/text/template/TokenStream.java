package dev.quire.core.text.template;

import java.util.List;

/** The tokens of a template under a cursor, and how deep the parser stands in them. */
final class TokenStream {

    private final List<Token> tokens;
    private final int maxNesting;
    private int position;
    private int depth;

    TokenStream(List<Token> tokens, int maxNesting) {
        this.tokens = tokens;
        this.maxNesting = maxNesting;
    }

    Token current() {
        return tokens.get(position);
    }

    Token look() {
        return tokens.get(Math.min(position + 1, tokens.size() - 1));
    }

    Token next() {
        Token token = current();
        if (position < tokens.size() - 1) {
            position++;
        }
        return token;
    }

    int line() {
        return current().line();
    }

    boolean at(Token.Type type) {
        return current().type() == type;
    }

    boolean at(String operator) {
        return current().is(operator);
    }

    boolean atName(String name) {
        return current().isName(name);
    }

    boolean skip(String operator) {
        boolean found = at(operator);
        if (found) {
            next();
        }
        return found;
    }

    boolean skipName(String name) {
        boolean found = atName(name);
        if (found) {
            next();
        }
        return found;
    }

    Token expect(Token.Type type) {
        if (!at(type)) {
            throw syntax("expected " + type.label() + ", got " + current().describe() + ".");
        }
        return next();
    }

    void expect(String operator) {
        if (!skip(operator)) {
            throw syntax("expected '" + operator + "', got " + current().describe() + ".");
        }
    }

    void expectName(String name) {
        if (!skipName(name)) {
            throw syntax("expected '" + name + "', got " + current().describe() + ".");
        }
    }

    void enter() {
        if (++depth > maxNesting) {
            throw new TemplateException(
                    TemplateException.Kind.LIMIT,
                    "the source nests deeper than maxNesting=" + maxNesting + ".",
                    line());
        }
    }

    void leave() {
        depth--;
    }

    TemplateException syntax(String message) {
        return syntax(message, line());
    }

    static TemplateException syntax(String message, int line) {
        return new TemplateException(TemplateException.Kind.SYNTAX, message, line);
    }

    static TemplateException unsupported(String message, int line) {
        return new TemplateException(TemplateException.Kind.UNSUPPORTED, message, line);
    }
}
