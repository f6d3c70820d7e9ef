package dev.quire.core.text.template;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.function.IntPredicate;
import java.util.function.Predicate;
import java.util.function.UnaryOperator;

/** The methods of a string that change case, and those that ask what its characters are. */
final class TextCase {

    static final Map<String, TextMethods.Method> METHODS = methods();

    private TextCase() {}

    private static Map<String, TextMethods.Method> methods() {
        Map<String, TextMethods.Method> methods = new HashMap<>();
        change(methods, "upper", TextCase::upper);
        change(methods, "lower", TextCase::lower);
        change(methods, "capitalize", TextCase::capitalize);
        change(methods, "title", TextCase::title);
        change(methods, "swapcase", TextCase::swapcase);
        change(methods, "casefold", text -> lower(upper(text)).replace('ς', 'σ'));
        every(methods, "isalpha", Character::isLetter);
        every(methods, "isdecimal", Character::isDigit);
        every(methods, "isdigit", TextCase::isDigit);
        every(methods, "isnumeric", TextCase::isNumeric);
        every(methods, "isalnum", codePoint -> Character.isLetter(codePoint) || isNumeric(codePoint));
        every(methods, "isspace", CodePoints::isSpace);
        ask(methods, "isprintable", text -> text.codePoints().allMatch(CodePoints::isPrintable));
        ask(methods, "isascii", text -> text.chars().allMatch(unit -> unit < 128));
        ask(methods, "islower", TextCase::isLower);
        ask(methods, "isupper", TextCase::isUpper);
        ask(methods, "istitle", TextCase::isTitle);
        ask(methods, "isidentifier", TextCase::isIdentifier);
        return Map.copyOf(methods);
    }

    private static void change(Map<String, TextMethods.Method> methods, String name, UnaryOperator<String> change) {
        methods.put(name, (m, self, arguments) -> {
            arguments.only(name, 0, 0);
            return m.sandbox().text(change.apply(self.text()), self);
        });
    }

    private static void ask(Map<String, TextMethods.Method> methods, String name, Predicate<String> question) {
        methods.put(name, (_, self, arguments) -> {
            arguments.only(name, 0, 0);
            return BoolValue.of(question.test(self.text()));
        });
    }

    private static void every(Map<String, TextMethods.Method> methods, String name, IntPredicate question) {
        ask(methods, name, text -> !text.isEmpty() && text.codePoints().allMatch(question));
    }

    static String upper(String text) {
        return text.toUpperCase(Locale.ROOT);
    }

    static String lower(String text) {
        return text.toLowerCase(Locale.ROOT);
    }

    static String capitalize(String text) {
        if (text.isEmpty()) {
            return text;
        }
        int rest = text.offsetByCodePoints(0, 1);
        return titled(text.codePointAt(0)) + lower(text.substring(rest));
    }

    /** Every letter after a character without case becomes a capital, all others small. */
    static String title(String text) {
        StringBuilder titled = new StringBuilder(text.length());
        boolean afterCased = false;
        for (int codePoint : text.codePoints().toArray()) {
            titled.append(afterCased ? lower(Character.toString(codePoint)) : titled(codePoint));
            afterCased = isCased(codePoint);
        }
        return titled.toString();
    }

    private static String swapcase(String text) {
        StringBuilder swapped = new StringBuilder(text.length());
        text.codePoints().forEach(codePoint -> {
            String single = Character.toString(codePoint);
            swapped.append(Character.isUpperCase(codePoint) ? lower(single) : upper(single));
        });
        return swapped.toString();
    }

    private static String titled(int codePoint) {
        int title = Character.toTitleCase(codePoint);
        String upper = upper(Character.toString(codePoint));
        if (title != codePoint || upper.length() < 2) {
            return Character.toString(title);
        }
        int first = upper.offsetByCodePoints(0, 1);
        return upper.substring(0, first) + lower(upper.substring(first));
    }

    private static boolean isCased(int codePoint) {
        return Character.isUpperCase(codePoint) || Character.isLowerCase(codePoint) || Character.isTitleCase(codePoint);
    }

    static boolean isLower(String text) {
        return text.codePoints().anyMatch(Character::isLowerCase)
                && text.codePoints().noneMatch(c -> Character.isUpperCase(c) || Character.isTitleCase(c));
    }

    static boolean isUpper(String text) {
        return text.codePoints().anyMatch(Character::isUpperCase)
                && text.codePoints().noneMatch(c -> Character.isLowerCase(c) || Character.isTitleCase(c));
    }

    private static boolean isTitle(String text) {
        boolean afterCased = false;
        boolean any = false;
        for (int codePoint : text.codePoints().toArray()) {
            boolean capital = Character.isUpperCase(codePoint) || Character.isTitleCase(codePoint);
            if (capital && afterCased || Character.isLowerCase(codePoint) && !afterCased) {
                return false;
            }
            afterCased = isCased(codePoint);
            any |= afterCased;
        }
        return any;
    }

    private static boolean isDigit(int codePoint) {
        boolean single = Character.getType(codePoint) == Character.OTHER_NUMBER
                && Character.getNumericValue(codePoint) >= 0
                && Character.getNumericValue(codePoint) <= 9;
        return Character.isDigit(codePoint) || single;
    }

    private static boolean isNumeric(int codePoint) {
        int type = Character.getType(codePoint);
        return type == Character.DECIMAL_DIGIT_NUMBER
                || type == Character.LETTER_NUMBER
                || type == Character.OTHER_NUMBER;
    }

    private static boolean isIdentifier(String text) {
        int[] codePoints = text.codePoints().toArray();
        if (codePoints.length == 0 || !(Character.isUnicodeIdentifierStart(codePoints[0]) || codePoints[0] == '_')) {
            return false;
        }
        return text.codePoints()
                .allMatch(c -> Character.isUnicodeIdentifierPart(c) && !Character.isIdentifierIgnorable(c));
    }
}
