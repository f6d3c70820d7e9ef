package dev.quire.core.text.template;

/** The escapes of Python's string literals. An unknown escape stays as it is written. */
final class StringLiteral {

    private final String body;
    private final int line;
    private final StringBuilder text = new StringBuilder();
    private int position;

    private StringLiteral(String body, int line) {
        this.body = body;
        this.line = line;
    }

    static String decode(String body, int line) {
        return body.indexOf('\\') < 0 ? body : new StringLiteral(body, line).decode();
    }

    private String decode() {
        while (position < body.length()) {
            char unit = body.charAt(position++);
            if (unit == '\\') {
                escape(body.charAt(position++));
            } else {
                text.append(unit);
            }
        }
        return text.toString();
    }

    private void escape(char letter) {
        switch (letter) {
            case '\n' -> {}
            case '\\', '\'', '"' -> text.append(letter);
            case 'a' -> text.append('\u0007');
            case 'b' -> text.append('\b');
            case 'f' -> text.append('\f');
            case 'n' -> text.append('\n');
            case 'r' -> text.append('\r');
            case 't' -> text.append('\t');
            case 'v' -> text.append('\u000b');
            case 'x' -> hexadecimal(2, letter);
            case 'u' -> hexadecimal(4, letter);
            case 'U' -> hexadecimal(8, letter);
            case 'N' -> named();
            case '0', '1', '2', '3', '4', '5', '6', '7' -> octal(letter);
            default -> text.append('\\').append(letter);
        }
    }

    private void hexadecimal(int digits, char letter) {
        int end = position + digits;
        long code = 0;
        for (int i = position; i < end; i++) {
            int digit = i < body.length() ? Character.digit(body.charAt(i), 16) : -1;
            if (digit < 0) {
                throw malformed("\\" + letter + " needs " + digits + " hexadecimal digits.");
            }
            code = code * 16 + digit;
        }
        if (code > Character.MAX_CODE_POINT) {
            throw malformed("\\" + letter + " names no Unicode character.");
        }
        text.appendCodePoint((int) code);
        position = end;
    }

    private void octal(char first) {
        int code = first - '0';
        for (int i = 0; i < 2 && position < body.length(); i++) {
            int digit = Character.digit(body.charAt(position), 8);
            if (digit < 0) {
                break;
            }
            code = code * 8 + digit;
            position++;
        }
        text.append((char) code);
    }

    private void named() {
        int end = body.indexOf('}', position);
        if (position >= body.length() || body.charAt(position) != '{' || end < 0) {
            throw malformed("\\N needs a character's name in braces, as \\N{EM DASH}.");
        }
        String name = body.substring(position + 1, end);
        try {
            text.appendCodePoint(Character.codePointOf(name));
        } catch (IllegalArgumentException unknown) {
            throw malformed("\\N{" + name + "} names no Unicode character.");
        }
        position = end + 1;
    }

    private TemplateException malformed(String message) {
        return new TemplateException(TemplateException.Kind.SYNTAX, "malformed string: " + message, line);
    }
}
