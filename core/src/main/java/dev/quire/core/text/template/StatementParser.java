package dev.quire.core.text.template;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** Parses a template into statements. */
final class StatementParser {

    private static final Set<String> OTHER_TAGS =
            Set.of("extends", "include", "import", "from", "autoescape", "do", "trans", "debug", "pluralize");

    private static final String SUPPORTED =
            "Supported: if, for, set, macro, call, filter, with, print, raw, break, continue, generation, block.";

    private static final Set<String> SPECIAL = Set.of("caller", "varargs", "kwargs");

    private final TokenStream tokens;
    private final ExpressionParser expressions;
    private final TargetParser targets;
    private final Deque<String> open = new ArrayDeque<>();
    private final Set<String> blocks = new HashSet<>();
    private int loops;

    private StatementParser(TokenStream tokens) {
        this.tokens = tokens;
        this.expressions = new ExpressionParser(tokens);
        this.targets = new TargetParser(tokens, expressions);
    }

    static List<Statement> parse(String source, TemplateLimits limits) {
        TokenStream tokens = new TokenStream(Lexer.tokenize(source), limits.maxNesting());
        StatementParser parser = new StatementParser(tokens);
        List<Statement> statements = parser.statements(Set.of());
        parser.expressions.unknowns().stream().findFirst().ifPresent(unknown -> {
            throw unknown;
        });
        return statements;
    }

    /** Statements up to a block that begins with one of the words; the word is the current token then. */
    private List<Statement> statements(Set<String> ends) {
        List<Statement> body = new ArrayList<>();
        while (!tokens.at(Token.Type.END)) {
            Token token = tokens.next();
            switch (token.type()) {
                case DATA -> body.add(new Statement.Data(token.line(), token.text()));
                case PRINT_BEGIN -> {
                    body.add(new Statement.Print(token.line(), expressions.tuple()));
                    tokens.expect(Token.Type.PRINT_END);
                }
                default -> {
                    if (tokens.at(Token.Type.NAME)
                            && ends.contains(tokens.current().text())) {
                        return body;
                    }
                    statement(body);
                    tokens.expect(Token.Type.BLOCK_END);
                }
            }
        }
        if (!ends.isEmpty()) {
            throw tokens.syntax("the template ends inside '" + open.peek() + "'. Close it with {% "
                    + String.join(" %} or {% ", ends.stream().sorted().toList()) + " %}.");
        }
        return body;
    }

    /** The body of a block up to and with its end word. */
    private List<Statement> body(String... ends) {
        tokens.skip(":");
        tokens.expect(Token.Type.BLOCK_END);
        return statements(Set.of(ends));
    }

    private List<Statement> bodyThrough(String end) {
        List<Statement> body = body(end);
        tokens.next();
        return body;
    }

    private void statement(List<Statement> body) {
        Token tag = tokens.expect(Token.Type.NAME);
        tokens.enter();
        open.push(tag.text());
        switch (tag.text()) {
            case "if" -> body.add(branches(tag.line()));
            case "for" -> body.add(loop(tag.line()));
            case "set" -> body.add(assignment(tag.line()));
            case "macro" -> body.add(macro(tag.line()));
            case "call" -> body.add(callBlock(tag.line()));
            case "filter" ->
                body.add(new Statement.FilterBlock(
                        tag.line(), expressions.postfix().filters(true), bodyOutsideLoops("endfilter")));
            case "with" -> body.add(with(tag.line()));
            case "generation" -> body.add(new Statement.Generation(tag.line(), bodyOutsideLoops("endgeneration")));
            case "block" -> body.add(block(tag.line()));
            case "print" -> print(tag.line(), body);
            case "break" -> body.add(new Statement.Break(insideLoop(tag)));
            case "continue" -> body.add(new Statement.Continue(insideLoop(tag)));
            default -> throw unknown(tag);
        }
        open.pop();
        tokens.leave();
    }

    private TemplateException unknown(Token tag) {
        open.pop();
        if (OTHER_TAGS.contains(tag.text())) {
            return TokenStream.unsupported("the tag '" + tag.text() + "'. " + SUPPORTED, tag.line());
        }
        String inside = open.isEmpty() ? "" : " Still open: '" + open.peek() + "'.";
        return TokenStream.syntax("unknown tag '" + tag.text() + "'." + inside + " " + SUPPORTED, tag.line());
    }

    private int insideLoop(Token tag) {
        if (loops == 0) {
            throw TokenStream.syntax("'" + tag.text() + "' outside a loop.", tag.line());
        }
        return tag.line();
    }

    /** A body that is captured on its own, so that it cannot leave a loop around it. */
    private List<Statement> bodyOutsideLoops(String end) {
        int outer = loops;
        loops = 0;
        List<Statement> body = bodyThrough(end);
        loops = outer;
        return body;
    }

    private Statement branches(int line) {
        List<Statement.Branch> branches = new ArrayList<>();
        List<Statement> otherwise = List.of();
        int mark = expressions.unknowns().size();
        String end;
        do {
            Expression test = expressions.tupleWithoutConditional();
            branches.add(new Statement.Branch(test, body("elif", "else", "endif")));
            end = tokens.next().text();
        } while (end.equals("elif"));
        if (end.equals("else")) {
            otherwise = bodyThrough("endif");
        }
        expressions.forgive(mark);
        return new Statement.If(line, branches, otherwise);
    }

    private Statement loop(int line) {
        targets.enterLoop();
        Statement.Target target = targets.target(Set.of("in"), false);
        tokens.expectName("in");
        Expression iterable = expressions.tupleWithoutConditional();
        Optional<Expression> filter = tokens.skipName("if") ? Optional.of(expressions.expression()) : Optional.empty();
        Statement.Repetition repetition =
                tokens.skipName("recursive") ? Statement.Repetition.RECURSIVE : Statement.Repetition.FLAT;
        loops++;
        List<Statement> body = body("endfor", "else");
        loops--;
        boolean hasElse = tokens.next().text().equals("else");
        List<Statement> otherwise = hasElse ? bodyThrough("endfor") : List.of();
        targets.leaveLoop();
        return new Statement.For(line, target, iterable, filter, repetition, body, otherwise);
    }

    private Statement assignment(int line) {
        Statement.Target target = targets.target(Set.of(), true);
        if (tokens.skip("=")) {
            return new Statement.Set(line, target, expressions.tuple());
        }
        List<Expression.FilterCall> filters = expressions.postfix().filters(false);
        return new Statement.SetBlock(line, target, filters, bodyOutsideLoops("endset"));
    }

    private Statement macro(int line) {
        String name = tokens.expect(Token.Type.NAME).text();
        Set<String> outer = beginMentions();
        TargetParser.Parameters parameters = targets.parameters();
        List<Statement> body = bodyOutsideLoops("endmacro");
        return new Statement.Macro(line, name, signature(parameters, outer), body);
    }

    private Statement callBlock(int line) {
        Set<String> outer = beginMentions();
        TargetParser.Parameters parameters =
                tokens.at("(") ? targets.parameters() : new TargetParser.Parameters(List.of(), List.of());
        Expression call = expressions.expression();
        if (!(call instanceof Expression.Call target)) {
            throw TokenStream.syntax("'call' needs the call of a macro, as {% call box() %}.", line);
        }
        List<Statement> body = bodyOutsideLoops("endcall");
        return new Statement.CallBlock(line, signature(parameters, outer), target, body);
    }

    private Set<String> beginMentions() {
        Set<String> outer = new HashSet<>(expressions.mentioned());
        expressions.mentioned().clear();
        return outer;
    }

    private Statement.Signature signature(TargetParser.Parameters parameters, Set<String> outer) {
        Set<String> mentioned = new HashSet<>(expressions.mentioned());
        expressions.mentioned().addAll(outer);
        mentioned.retainAll(SPECIAL);
        mentioned.removeAll(parameters.names());
        return new Statement.Signature(parameters.names(), parameters.defaults(), mentioned);
    }

    private Statement with(int line) {
        List<Statement.Target> names = new ArrayList<>();
        List<Expression> values = new ArrayList<>();
        while (!tokens.at(Token.Type.BLOCK_END)) {
            if (!names.isEmpty()) {
                tokens.expect(",");
            }
            names.add(targets.target(Set.of(), false));
            tokens.expect("=");
            values.add(expressions.expression());
        }
        return new Statement.With(line, names, values, bodyThrough("endwith"));
    }

    /** A block of a template that nothing extends: it renders where it stands, and sees the template's variables only. */
    private Statement block(int line) {
        String name = tokens.expect(Token.Type.NAME).text();
        if (!blocks.add(name)) {
            throw TokenStream.syntax("the block '" + name + "' is defined twice.", line);
        }
        boolean scoped = tokens.skipName("scoped");
        List<Statement> body = bodyOutsideLoops("endblock");
        tokens.skipName(name);
        return scoped ? new Statement.Generation(line, body) : new Statement.Block(line, body);
    }

    private void print(int line, List<Statement> body) {
        while (!tokens.at(Token.Type.BLOCK_END)) {
            body.add(new Statement.Print(line, expressions.expression()));
            if (!tokens.skip(",")) {
                break;
            }
        }
    }
}
