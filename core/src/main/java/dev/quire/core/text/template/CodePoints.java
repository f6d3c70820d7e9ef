package dev.quire.core.text.template;

import java.util.Iterator;
import java.util.NoSuchElementException;

/** Strings as Python sees them: sequences of code points. */
final class CodePoints {

    private CodePoints() {}

    static int length(String text) {
        return text.codePointCount(0, text.length());
    }

    /** Offset in UTF-16 units of the code point {@code index}; beyond the end, the end. */
    static int offset(String text, int index) {
        return index >= length(text) ? text.length() : text.offsetByCodePoints(0, index);
    }

    /** Index in code points of the UTF-16 unit {@code offset}. */
    static int index(String text, int offset) {
        return text.codePointCount(0, offset);
    }

    static Iterator<Value> iterate(String text) {
        return new Iterator<>() {
            private int offset;

            @Override
            public boolean hasNext() {
                return offset < text.length();
            }

            @Override
            public Value next() {
                if (!hasNext()) {
                    throw new NoSuchElementException();
                }
                int start = offset;
                offset += Character.charCount(text.codePointAt(start));
                return new TextValue(text.substring(start, offset));
            }
        };
    }

    /** White space as {@code str.strip} and {@code str.split} mean it. */
    static boolean isSpace(int codePoint) {
        return codePoint == 0x85
                || codePoint == 0xA0
                || codePoint == 0x2007
                || codePoint == 0x202F
                || Character.isWhitespace(codePoint);
    }

    /** Where {@code str.splitlines} ends a line. */
    static boolean isLineEnd(int unit) {
        return unit >= 0x0A && unit <= 0x0D
                || unit >= 0x1C && unit <= 0x1E
                || unit == 0x85
                || unit == 0x2028
                || unit == 0x2029;
    }

    /** Whether {@code repr} and JSON-free output may show the character itself rather than an escape. */
    static boolean isPrintable(int codePoint) {
        return switch (Character.getType(codePoint)) {
            case Character.CONTROL,
                    Character.FORMAT,
                    Character.SURROGATE,
                    Character.PRIVATE_USE,
                    Character.UNASSIGNED,
                    Character.LINE_SEPARATOR,
                    Character.PARAGRAPH_SEPARATOR -> false;
            case Character.SPACE_SEPARATOR -> codePoint == ' ';
            default -> true;
        };
    }
}
