package dev.quire.core.text.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Parses what assignments assign to, and the parameters of macros. */
final class TargetParser {

    private static final Set<String> CONSTANTS = Set.of("true", "True", "false", "False", "none", "None");

    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private int loops;

    TargetParser(TokenStream tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    /** From here on {@code loop} is the loop's own variable. */
    void enterLoop() {
        loops++;
    }

    void leaveLoop() {
        loops--;
    }

    /** Parameters of a macro, the last of which may have defaults. */
    record Parameters(List<String> names, List<Expression> defaults) {}

    /** One name, or several to unpack into; {@code attributes} allows {@code namespace.name}. */
    Statement.Target target(Set<String> ends, boolean attributes) {
        List<Statement.Target> targets = new ArrayList<>();
        boolean several = false;
        do {
            if (!targets.isEmpty() && ends(ends)) {
                break;
            }
            targets.add(single(attributes));
            several |= tokens.at(",");
        } while (tokens.skip(","));
        return several ? new Statement.Target.Unpack(targets) : targets.getFirst();
    }

    private boolean ends(Set<String> ends) {
        return tokens.at(")")
                || tokens.at("=")
                || tokens.at(Token.Type.BLOCK_END)
                || tokens.at(Token.Type.NAME) && ends.contains(tokens.current().text());
    }

    private Statement.Target single(boolean attributes) {
        if (tokens.skip("(")) {
            tokens.enter();
            Statement.Target target = target(Set.of(), attributes);
            tokens.expect(")");
            tokens.leave();
            return target;
        }
        Token token = tokens.current();
        String name = name();
        if (attributes && tokens.skip(".")) {
            return new Statement.Target.Attribute(
                    name, tokens.expect(Token.Type.NAME).text());
        }
        if (loops > 0 && name.equals("loop")) {
            throw TokenStream.syntax("cannot assign to 'loop' inside a loop.", token.line());
        }
        return new Statement.Target.Name(name);
    }

    private String name() {
        Token token = tokens.expect(Token.Type.NAME);
        if (CONSTANTS.contains(token.text())) {
            throw TokenStream.syntax("cannot assign to '" + token.text() + "'.", token.line());
        }
        return token.text();
    }

    Parameters parameters() {
        List<String> names = new ArrayList<>();
        List<Expression> defaults = new ArrayList<>();
        tokens.expect("(");
        while (!tokens.at(")")) {
            if (!names.isEmpty()) {
                tokens.expect(",");
            }
            names.add(name());
            if (tokens.skip("=")) {
                defaults.add(expressions.expression());
            } else if (!defaults.isEmpty()) {
                throw tokens.syntax("parameter '" + names.getLast() + "' needs a default, as the one before it has.");
            }
        }
        tokens.expect(")");
        return new Parameters(List.copyOf(names), List.copyOf(defaults));
    }
}
