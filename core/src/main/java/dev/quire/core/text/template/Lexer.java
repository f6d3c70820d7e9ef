package dev.quire.core.text.template;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Cuts source into tokens, with the white-space rules of {@code trim_blocks} and {@code lstrip_blocks}: a newline right after a block or
 * comment goes, blanks from the start of a line up to one go, {@code -} strips all white space on its side and {@code +} none.
 */
final class Lexer {

    private static final List<String> OPERATORS = List.of(
            "//", "**", "==", "!=", ">=", "<=", "+", "-", "/", "*", "%", "~", "[", "]", "(", ")", "{", "}", "<", ">",
            "=", ".", ":", "|", ",", ";");

    private final String source;
    private final List<Token> tokens = new ArrayList<>();
    private int position;
    private int line = 1;
    private boolean lineStarting = true;

    private Lexer(String source) {
        String normalized = source.replace("\r\n", "\n").replace('\r', '\n');
        this.source = normalized.endsWith("\n") ? normalized.substring(0, normalized.length() - 1) : normalized;
    }

    static List<Token> tokenize(String source) {
        Lexer lexer = new Lexer(source);
        lexer.run();
        return lexer.tokens;
    }

    private void run() {
        while (position < source.length()) {
            int tag = nextTag();
            if (tag < 0) {
                data(source.substring(position));
                advance(source.length());
                break;
            }
            char kind = source.charAt(tag + 1);
            data(strippedBefore(tag, kind != '{'));
            advance(tag);
            advance(tag + 2 + (sign(tag + 2) == 0 ? 0 : 1));
            switch (kind) {
                case '#' -> comment();
                case '{' -> tag(Token.Type.PRINT_BEGIN, Token.Type.PRINT_END, "}}");
                default -> {
                    if (!raw()) {
                        tag(Token.Type.BLOCK_BEGIN, Token.Type.BLOCK_END, "%}");
                    }
                }
            }
        }
        tokens.add(new Token(Token.Type.END, "", line));
    }

    private int nextTag() {
        for (int i = source.indexOf('{', position); i >= 0 && i + 1 < source.length(); i = source.indexOf('{', i + 1)) {
            if ("%{#".indexOf(source.charAt(i + 1)) >= 0) {
                return i;
            }
        }
        return -1;
    }

    private void data(String text) {
        if (!text.isEmpty()) {
            tokens.add(new Token(Token.Type.DATA, text, line));
        }
    }

    /** {@code '-'} or {@code '+'} at an offset, else 0. */
    private char sign(int offset) {
        char unit = offset < source.length() ? source.charAt(offset) : 0;
        return unit == '-' || unit == '+' ? unit : 0;
    }

    private String strippedBefore(int tag, boolean block) {
        String text = source.substring(position, tag);
        char sign = sign(tag + 2);
        if (sign == '-') {
            return text.substring(0, spacesBackFrom(text, text.length(), 0));
        }
        int lineStart = text.lastIndexOf('\n') + 1;
        if (sign != '+' && block && (lineStart > 0 || lineStarting)) {
            return spacesBackFrom(text, text.length(), lineStart) == lineStart ? text.substring(0, lineStart) : text;
        }
        return text;
    }

    private static int spacesBackFrom(String text, int end, int start) {
        int from = end;
        while (from > start && CodePoints.isSpace(text.charAt(from - 1))) {
            from--;
        }
        return from;
    }

    private void advance(int to) {
        for (int i = position; i < to; i++) {
            if (source.charAt(i) == '\n') {
                line++;
            }
        }
        if (to > position) {
            lineStarting = source.charAt(to - 1) == '\n';
        }
        position = to;
    }

    private void skipSpaces() {
        int to = position;
        while (to < source.length() && CodePoints.isSpace(source.charAt(to))) {
            to++;
        }
        advance(to);
    }

    private void comment() {
        int begin = line;
        int end = source.indexOf("#}", position);
        if (end < 0) {
            throw syntax("a comment begins here and does not end. Close it with #}.", begin);
        }
        boolean signed = end > position && sign(end - 1) != 0;
        advance(signed ? end - 1 : end);
        close("#}", true);
    }

    /** Steps over the end of a tag, with its sign, and what that or trimming takes after it. */
    private void close(String end, boolean trims) {
        char sign = sign(position);
        advance(position + (sign == 0 ? 0 : 1) + end.length());
        if (sign == '-') {
            skipSpaces();
        } else if (trims && sign == 0 && position < source.length() && source.charAt(position) == '\n') {
            advance(position + 1);
        }
    }

    private boolean atEnd(String end, boolean plusAllowed) {
        char sign = sign(position);
        return source.startsWith(end, position)
                || (sign == '-' || sign == '+' && plusAllowed) && source.startsWith(end, position + 1);
    }

    /** Copies a raw block, where one begins here. */
    private boolean raw() {
        int begin = line;
        int after = keyword(position, "raw");
        boolean signed = after >= 0 && source.startsWith("-%}", after);
        if (after < 0 || !signed && !source.startsWith("%}", after)) {
            return false;
        }
        advance(after);
        close("%}", false);
        for (int tag = source.indexOf("{%", position); tag >= 0; tag = source.indexOf("{%", tag + 1)) {
            int end = keyword(tag + 2 + (sign(tag + 2) == 0 ? 0 : 1), "endraw");
            if (end >= 0 && (source.startsWith("%}", end) || sign(end) != 0 && source.startsWith("%}", end + 1))) {
                data(strippedBefore(tag, true));
                advance(end);
                close("%}", true);
                return true;
            }
        }
        throw syntax("a raw block begins here and does not end. Close it with {% endraw %}.", begin);
    }

    /** Offset after a word and the white space around it, or -1 where another word stands. */
    private int keyword(int from, String word) {
        int at = from;
        while (at < source.length() && CodePoints.isSpace(source.charAt(at))) {
            at++;
        }
        if (!source.startsWith(word, at)) {
            return -1;
        }
        at += word.length();
        while (at < source.length() && CodePoints.isSpace(source.charAt(at))) {
            at++;
        }
        return at;
    }

    private void tag(Token.Type begin, Token.Type end, String closing) {
        boolean block = end == Token.Type.BLOCK_END;
        int beginLine = line;
        tokens.add(new Token(begin, "", line));
        Deque<String> open = new ArrayDeque<>();
        while (position < source.length()) {
            if (open.isEmpty() && atEnd(closing, block)) {
                tokens.add(new Token(end, "", line));
                close(closing, block);
                return;
            }
            if (CodePoints.isSpace(source.charAt(position))) {
                skipSpaces();
            } else {
                expressionToken(open);
            }
        }
        throw syntax("'" + begin.label() + "' begins here and does not end. Close it with " + closing + ".", beginLine);
    }

    private void expressionToken(Deque<String> open) {
        char unit = source.charAt(position);
        if (unit >= '0' && unit <= '9') {
            NumberScan number = NumberScan.at(source, position);
            add(number.real() ? Token.Type.FLOAT : Token.Type.INTEGER, number.end());
        } else if (Character.isUnicodeIdentifierStart(source.codePointAt(position)) || unit == '_') {
            int end = position;
            while (end < source.length() && Character.isUnicodeIdentifierPart(source.codePointAt(end))) {
                end += Character.charCount(source.codePointAt(end));
            }
            add(Token.Type.NAME, end);
        } else if (unit == '\'' || unit == '"') {
            string(unit);
        } else {
            String operator = OPERATORS.stream()
                    .filter(candidate -> source.startsWith(candidate, position))
                    .findFirst()
                    .orElseThrow(() -> syntax(
                            "unexpected character '" + Character.toString(source.codePointAt(position))
                                    + "' in an expression.",
                            line));
            balance(operator, open);
            add(Token.Type.OPERATOR, position + operator.length());
        }
    }

    private void add(Token.Type type, int end) {
        tokens.add(new Token(type, source.substring(position, end), line));
        advance(end);
    }

    private void string(char quote) {
        int end = position + 1;
        while (end < source.length() && source.charAt(end) != quote) {
            end += source.charAt(end) == '\\' ? 2 : 1;
        }
        if (end >= source.length()) {
            throw syntax("a string begins here and does not end. Close it with " + quote + ".", line);
        }
        tokens.add(new Token(Token.Type.STRING, StringLiteral.decode(source.substring(position + 1, end), line), line));
        advance(end + 1);
    }

    private void balance(String operator, Deque<String> open) {
        switch (operator) {
            case "(" -> open.push(")");
            case "[" -> open.push("]");
            case "{" -> open.push("}");
            case ")", "]", "}" -> {
                String expected = open.isEmpty() ? "" : open.pop();
                if (!expected.equals(operator)) {
                    throw syntax(
                            "unexpected '" + operator + "'"
                                    + (expected.isEmpty() ? "." : "; '" + expected + "' closes what is open."),
                            line);
                }
            }
            default -> {}
        }
    }

    private static TemplateException syntax(String message, int line) {
        return new TemplateException(TemplateException.Kind.SYNTAX, message, line);
    }
}
