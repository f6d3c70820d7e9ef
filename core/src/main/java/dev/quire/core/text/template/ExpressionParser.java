package dev.quire.core.text.template;

import java.math.BigInteger;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Parses expressions by precedence, loosest first: {@code if else}, {@code or}, {@code and}, {@code not}, comparisons, {@code + -},
 * {@code ~}, {@code * / // %}, {@code **}, unary signs, then what follows an operand. {@code ~} binds tighter than {@code +}, and
 * {@code **} groups from the left, both as in Jinja2.
 */
final class ExpressionParser {

    private static final Map<String, Expression.Comparator> COMPARATORS = Map.of(
            "==", Expression.Comparator.EQUAL,
            "!=", Expression.Comparator.NOT_EQUAL,
            "<", Expression.Comparator.LESS,
            "<=", Expression.Comparator.LESS_OR_EQUAL,
            ">", Expression.Comparator.GREATER,
            ">=", Expression.Comparator.GREATER_OR_EQUAL);

    private static final Map<String, Expression.Operator> SUMS =
            Map.of("+", Expression.Operator.ADD, "-", Expression.Operator.SUBTRACT);

    private static final Map<String, Expression.Operator> PRODUCTS = Map.of(
            "*", Expression.Operator.MULTIPLY,
            "/", Expression.Operator.DIVIDE,
            "//", Expression.Operator.FLOOR_DIVIDE,
            "%", Expression.Operator.MODULO);

    private final TokenStream tokens;
    private final PostfixParser postfix;
    private final Set<String> mentioned = new HashSet<>();
    private final List<TemplateException> unknowns = new ArrayList<>();

    ExpressionParser(TokenStream tokens) {
        this.tokens = tokens;
        this.postfix = new PostfixParser(tokens, this);
    }

    PostfixParser postfix() {
        return postfix;
    }

    /** Names read since the set was last cleared, for macros that treat {@code caller} and the like specially. */
    Set<String> mentioned() {
        return mentioned;
    }

    /** Filters and tests that do not exist, in order of the source. */
    List<TemplateException> unknowns() {
        return unknowns;
    }

    /** Forgives the unknowns after the first {@code mark}, which stand in a branch: they fail only when it is taken. */
    void forgive(int mark) {
        unknowns.subList(mark, unknowns.size()).clear();
    }

    Expression expression() {
        tokens.enter();
        int mark = unknowns.size();
        Expression value = disjunction();
        while (tokens.atName("if")) {
            int line = tokens.next().line();
            Expression test = disjunction();
            Optional<Expression> otherwise = tokens.skipName("else") ? Optional.of(expression()) : Optional.empty();
            value = new Expression.Conditional(line, test, value, otherwise);
            forgive(mark);
        }
        tokens.leave();
        return value;
    }

    /** An expression, or a tuple where commas follow. */
    Expression tuple() {
        Expression first = expression();
        return tokens.at(",") ? tupleAfter(first, true) : first;
    }

    /** As {@link #tuple}, without a conditional, which would swallow the {@code if} of a loop. */
    Expression tupleWithoutConditional() {
        Expression first = disjunction();
        return tokens.at(",") ? tupleAfter(first, false) : first;
    }

    private Expression tupleAfter(Expression first, boolean conditional) {
        List<Expression> elements = new ArrayList<>(List.of(first));
        int line = first.line();
        while (tokens.skip(",") && !endsTuple()) {
            elements.add(conditional ? expression() : disjunction());
        }
        return new Expression.TupleLiteral(line, elements);
    }

    private boolean endsTuple() {
        return tokens.at(Token.Type.PRINT_END)
                || tokens.at(Token.Type.BLOCK_END)
                || tokens.at(")")
                || tokens.atName("recursive");
    }

    Expression disjunction() {
        Expression first = conjunction();
        if (!tokens.atName("or")) {
            return first;
        }
        List<Expression> operands = new ArrayList<>(List.of(first));
        while (tokens.skipName("or")) {
            operands.add(conjunction());
        }
        return new Expression.Or(first.line(), operands);
    }

    private Expression conjunction() {
        Expression first = negation();
        if (!tokens.atName("and")) {
            return first;
        }
        List<Expression> operands = new ArrayList<>(List.of(first));
        while (tokens.skipName("and")) {
            operands.add(negation());
        }
        return new Expression.And(first.line(), operands);
    }

    private Expression negation() {
        if (!tokens.atName("not")) {
            return comparison();
        }
        tokens.enter();
        int line = tokens.next().line();
        Expression negated = new Expression.Not(line, negation());
        tokens.leave();
        return negated;
    }

    private Expression comparison() {
        Expression first = sum();
        List<Expression.Comparator> comparators = new ArrayList<>();
        List<Expression> operands = new ArrayList<>();
        while (true) {
            Token token = tokens.current();
            if (token.type() == Token.Type.OPERATOR && COMPARATORS.containsKey(token.text())) {
                tokens.next();
                comparators.add(COMPARATORS.get(token.text()));
            } else if (tokens.skipName("in")) {
                comparators.add(Expression.Comparator.IN);
            } else if (token.isName("not") && tokens.look().isName("in")) {
                tokens.next();
                tokens.next();
                comparators.add(Expression.Comparator.NOT_IN);
            } else {
                break;
            }
            operands.add(sum());
        }
        return operands.isEmpty() ? first : new Expression.Compare(first.line(), first, comparators, operands);
    }

    private Expression sum() {
        Expression left = concatenation();
        while (operator(SUMS).isPresent()) {
            Expression.Operator operator = SUMS.get(tokens.next().text());
            left = new Expression.Binary(left.line(), operator, left, concatenation());
        }
        return left;
    }

    private Expression concatenation() {
        Expression first = product();
        if (!tokens.at("~")) {
            return first;
        }
        List<Expression> parts = new ArrayList<>(List.of(first));
        while (tokens.skip("~")) {
            parts.add(product());
        }
        return new Expression.Concat(first.line(), parts);
    }

    private Expression product() {
        Expression left = power();
        while (operator(PRODUCTS).isPresent()) {
            Expression.Operator operator = PRODUCTS.get(tokens.next().text());
            left = new Expression.Binary(left.line(), operator, left, power());
        }
        return left;
    }

    private Optional<Expression.Operator> operator(Map<String, Expression.Operator> operators) {
        return tokens.at(Token.Type.OPERATOR)
                ? Optional.ofNullable(operators.get(tokens.current().text()))
                : Optional.empty();
    }

    private Expression power() {
        Expression left = postfix.filtered(signed());
        while (tokens.skip("**")) {
            left = new Expression.Binary(left.line(), Expression.Operator.POWER, left, postfix.filtered(signed()));
        }
        return left;
    }

    /** An operand with its signs; subscripts after a sign apply to the signed operand, as in Jinja2. */
    private Expression signed() {
        if (!tokens.at("-") && !tokens.at("+")) {
            return postfix.subscripted(primary());
        }
        tokens.enter();
        Token sign = tokens.next();
        Expression operand = signed();
        tokens.leave();
        return postfix.subscripted(
                sign.is("-") ? new Expression.Negate(sign.line(), operand) : new Expression.Plus(sign.line(), operand));
    }

    Expression primary() {
        Token token = tokens.current();
        return switch (token.type()) {
            case NAME -> name(tokens.next());
            case STRING -> string();
            case INTEGER -> new Expression.Literal(token.line(), integer(tokens.next()));
            case FLOAT ->
                new Expression.Literal(
                        token.line(),
                        new FloatValue(Double.parseDouble(tokens.next().text().replace("_", ""))));
            case OPERATOR -> bracketed(token);
            default -> throw tokens.syntax("expected an expression, got " + token.describe() + ".");
        };
    }

    private Expression name(Token token) {
        return switch (token.text()) {
            case "true", "True" -> new Expression.Literal(token.line(), BoolValue.TRUE);
            case "false", "False" -> new Expression.Literal(token.line(), BoolValue.FALSE);
            case "none", "None" -> new Expression.Literal(token.line(), NoneValue.NONE);
            default -> {
                mentioned.add(token.text());
                yield new Expression.Name(token.line(), token.text());
            }
        };
    }

    private Expression string() {
        int line = tokens.line();
        StringBuilder text = new StringBuilder();
        while (tokens.at(Token.Type.STRING)) {
            text.append(tokens.next().text());
        }
        return new Expression.Literal(line, new TextValue(text.toString()));
    }

    static Value integer(Token token) {
        String digits = token.text().replace("_", "");
        int radix = digits.length() < 2
                ? 10
                : switch (digits.charAt(1)) {
                    case 'b', 'B' -> 2;
                    case 'o', 'O' -> 8;
                    case 'x', 'X' -> 16;
                    default -> 10;
                };
        if (digits.length() > Arithmetic.MAX_BITS / 4) {
            throw TokenStream.syntax("an integer of " + digits.length() + " digits is too long.", token.line());
        }
        return new IntValue(new BigInteger(radix == 10 ? digits : digits.substring(2), radix));
    }

    private Expression bracketed(Token token) {
        tokens.enter();
        Expression value = switch (token.text()) {
            case "(" -> parenthesized();
            case "[" -> list();
            case "{" -> dict();
            default -> throw tokens.syntax("expected an expression, got " + token.describe() + ".");
        };
        tokens.leave();
        return value;
    }

    private Expression parenthesized() {
        int line = tokens.next().line();
        Expression value = tokens.at(")") ? new Expression.TupleLiteral(line, List.of()) : tuple();
        tokens.expect(")");
        return value;
    }

    private Expression list() {
        int line = tokens.next().line();
        List<Expression> elements = new ArrayList<>();
        while (!tokens.at("]")) {
            elements.add(expression());
            if (!tokens.skip(",")) {
                break;
            }
        }
        tokens.expect("]");
        return new Expression.ListLiteral(line, elements);
    }

    private Expression dict() {
        int line = tokens.next().line();
        List<Expression> keys = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.at("}")) {
            keys.add(expression());
            tokens.expect(":");
            values.add(expression());
            if (!tokens.skip(",")) {
                break;
            }
        }
        tokens.expect("}");
        return new Expression.DictLiteral(line, keys, values);
    }
}
