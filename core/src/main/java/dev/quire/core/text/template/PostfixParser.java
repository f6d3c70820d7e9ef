package dev.quire.core.text.template;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** Parses what follows an operand: attributes, subscripts, calls, filters and tests. */
final class PostfixParser {

    private final TokenStream tokens;
    private final ExpressionParser expressions;

    PostfixParser(TokenStream tokens, ExpressionParser expressions) {
        this.tokens = tokens;
        this.expressions = expressions;
    }

    Expression subscripted(Expression operand) {
        Expression value = operand;
        while (true) {
            if (tokens.at(".")) {
                value = attribute(value);
            } else if (tokens.at("[")) {
                value = item(value);
            } else if (tokens.at("(")) {
                value = call(value);
            } else {
                return value;
            }
        }
    }

    Expression filtered(Expression operand) {
        Expression value = operand;
        while (true) {
            if (tokens.skip("|")) {
                FilterCall filter = filter();
                value = new Expression.Filtered(filter.line(), value, filter.call());
            } else if (tokens.atName("is")) {
                value = test(value);
            } else if (tokens.at("(")) {
                value = call(value);
            } else {
                return value;
            }
        }
    }

    /** The filters of a {@code set} or {@code filter} block, in order. */
    List<Expression.FilterCall> filters(boolean firstWithoutPipe) {
        List<Expression.FilterCall> filters = new ArrayList<>();
        if (firstWithoutPipe) {
            filters.add(filter().call());
        }
        while (tokens.skip("|")) {
            filters.add(filter().call());
        }
        return filters;
    }

    private record FilterCall(int line, Expression.FilterCall call) {}

    private FilterCall filter() {
        Token name = tokens.expect(Token.Type.NAME);
        String full = dotted(name.text());
        if (!Filters.exists(full)) {
            expressions.unknowns().add(TokenStream.unsupported(Filters.unknown(full), name.line()));
        }
        Expression.CallArguments arguments = tokens.at("(") ? arguments() : Expression.CallArguments.NONE;
        return new FilterCall(name.line(), new Expression.FilterCall(name.line(), full, arguments));
    }

    private String dotted(String first) {
        StringBuilder name = new StringBuilder(first);
        while (tokens.skip(".")) {
            name.append('.').append(tokens.expect(Token.Type.NAME).text());
        }
        return name.toString();
    }

    private Expression test(Expression subject) {
        int line = tokens.next().line();
        boolean negated = tokens.skipName("not");
        String name = dotted(tokens.expect(Token.Type.NAME).text());
        if (!Tests.exists(name)) {
            expressions.unknowns().add(TokenStream.unsupported(Tests.unknown(name), line));
        }
        Expression.CallArguments arguments = Expression.CallArguments.NONE;
        if (tokens.at("(")) {
            arguments = arguments();
        } else if (beginsArgument()) {
            if (tokens.atName("is")) {
                throw tokens.syntax("tests cannot be chained with 'is'. Join them with 'and'.");
            }
            Expression argument = subscripted(expressions.primary());
            arguments = new Expression.CallArguments(List.of(argument), List.of(), Optional.empty(), Optional.empty());
        }
        Expression test = new Expression.Tested(line, subject, name, arguments);
        return negated ? new Expression.Not(line, test) : test;
    }

    private boolean beginsArgument() {
        return switch (tokens.current().type()) {
            case NAME -> !tokens.atName("else") && !tokens.atName("or") && !tokens.atName("and");
            case STRING, INTEGER, FLOAT -> true;
            default -> tokens.at("[") || tokens.at("{");
        };
    }

    private Expression attribute(Expression subject) {
        int line = tokens.next().line();
        Token name = tokens.next();
        return switch (name.type()) {
            case NAME -> new Expression.Attribute(line, subject, name.text());
            case INTEGER ->
                new Expression.Item(line, subject, new Expression.Literal(line, ExpressionParser.integer(name)));
            default ->
                throw TokenStream.syntax(
                        "expected a name or number after '.', got " + name.describe() + ".", name.line());
        };
    }

    private Expression item(Expression subject) {
        tokens.enter();
        int line = tokens.next().line();
        Expression value;
        if (tokens.at(":")) {
            value = slice(line, subject, Optional.empty());
        } else {
            Expression key = expressions.expression();
            value = tokens.at(":")
                    ? slice(line, subject, Optional.of(key))
                    : new Expression.Item(line, subject, tokens.at(",") ? keys(line, key) : key);
        }
        tokens.expect("]");
        tokens.leave();
        return value;
    }

    private Expression keys(int line, Expression first) {
        List<Expression> keys = new ArrayList<>(List.of(first));
        while (tokens.skip(",") && !tokens.at("]")) {
            keys.add(expressions.expression());
        }
        return new Expression.TupleLiteral(line, keys);
    }

    private Expression slice(int line, Expression subject, Optional<Expression> start) {
        tokens.expect(":");
        Optional<Expression> stop = bound();
        Optional<Expression> step = tokens.skip(":") ? bound() : Optional.empty();
        if (tokens.at(",")) {
            throw TokenStream.unsupported("a subscript of several slices. Slice one dimension, as [1:3].", line);
        }
        return new Expression.Slice(line, subject, start, stop, step);
    }

    private Optional<Expression> bound() {
        return tokens.at(":") || tokens.at("]") || tokens.at(",")
                ? Optional.empty()
                : Optional.of(expressions.expression());
    }

    private Expression call(Expression callee) {
        int line = tokens.line();
        return new Expression.Call(line, callee, arguments());
    }

    Expression.CallArguments arguments() {
        tokens.enter();
        int line = tokens.line();
        tokens.expect("(");
        List<Expression> positional = new ArrayList<>();
        List<Expression.Keyword> named = new ArrayList<>();
        Optional<Expression> spread = Optional.empty();
        Optional<Expression> spreadNamed = Optional.empty();
        while (!tokens.at(")")) {
            boolean last = spreadNamed.isPresent();
            if (tokens.at("*") && !last && spread.isEmpty()) {
                tokens.next();
                spread = Optional.of(expressions.expression());
            } else if (tokens.at("**") && !last) {
                tokens.next();
                spreadNamed = Optional.of(expressions.expression());
            } else if (tokens.at(Token.Type.NAME) && tokens.look().is("=") && !last) {
                String name = tokens.next().text();
                tokens.next();
                named.add(new Expression.Keyword(name, expressions.expression()));
            } else if (!last && spread.isEmpty() && named.isEmpty()) {
                positional.add(expressions.expression());
            } else {
                throw TokenStream.syntax(
                        "arguments of a call stand in the order: positional, name=value, *list, **dict.", line);
            }
            if (!tokens.at(")")) {
                tokens.expect(",");
            }
        }
        tokens.expect(")");
        tokens.leave();
        return new Expression.CallArguments(positional, named, spread, spreadNamed);
    }
}
