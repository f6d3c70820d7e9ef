package dev.quire.core.weights.format;

/** Words errors about one file alike: the file, what is wrong, what to do. */
record FileReport(String file) {
    private static final int LONGEST_NAME = 80;

    WeightFormatException damaged(String message, Object... values) {
        return refused(message.formatted(values) + "; the file is damaged or incomplete: download it again");
    }

    WeightFormatException refused(String message, Object... values) {
        return new WeightFormatException(file + ": " + (values.length == 0 ? message : message.formatted(values)));
    }

    /** A name from the file, short and printable. */
    static String quote(String name) {
        StringBuilder text = new StringBuilder("'");
        name.codePoints()
                .limit(LONGEST_NAME)
                .forEach(c -> text.appendCodePoint(Character.isISOControl(c) || !Character.isDefined(c) ? '?' : c));
        return text.append(name.length() > LONGEST_NAME ? "…'" : "'").toString();
    }
}
