package dev.quire.core.text.template;

import java.time.Clock;
import java.time.LocalDateTime;
import java.time.ZonedDateTime;
import java.time.temporal.ChronoField;
import java.time.temporal.IsoFields;
import java.util.Locale;

/** C's {@code strftime} in the C locale, for a time without zone, as Python's {@code datetime.now()} is. */
final class Strftime {

    private final LocalDateTime time;
    private final long epochSecond;
    private final StringBuilder out = new StringBuilder();

    private Strftime(ZonedDateTime now) {
        this.time = now.toLocalDateTime();
        this.epochSecond = now.toEpochSecond();
    }

    static String format(String format, Clock clock) {
        Strftime formatter = new Strftime(ZonedDateTime.now(clock));
        formatter.expand(format);
        return formatter.out.toString();
    }

    private void expand(String format) {
        for (int i = 0; i < format.length(); i++) {
            char unit = format.charAt(i);
            if (unit != '%' || i + 1 == format.length()) {
                out.append(unit);
                continue;
            }
            char flag = format.charAt(++i);
            if ("-_0^#".indexOf(flag) >= 0 && i + 1 < format.length()) {
                flagged(flag, format.charAt(++i));
            } else {
                directive(flag);
            }
        }
    }

    private void flagged(char flag, char letter) {
        int start = out.length();
        directive(letter);
        String plain = out.substring(start);
        String changed = switch (flag) {
            case '-' -> plain.replaceFirst("^[0 ]+(?=.)", "");
            case '_' -> spaces(plain);
            case '0' -> plain.replaceFirst("^ ", "0");
            default -> plain.toUpperCase(Locale.ROOT);
        };
        out.replace(start, out.length(), changed);
    }

    private static String spaces(String digits) {
        int zeros = 0;
        while (zeros < digits.length() - 1 && digits.charAt(zeros) == '0') {
            zeros++;
        }
        return " ".repeat(zeros) + digits.substring(zeros);
    }

    private void directive(char letter) {
        int hour12 = (time.getHour() + 11) % 12 + 1;
        int weekday = time.getDayOfWeek().getValue();
        switch (letter) {
            case 'a' -> out.append(named(time.getDayOfWeek()).substring(0, 3));
            case 'A' -> out.append(named(time.getDayOfWeek()));
            case 'b', 'h' -> out.append(named(time.getMonth()).substring(0, 3));
            case 'B' -> out.append(named(time.getMonth()));
            case 'C' -> number(time.getYear() / 100, "%02d");
            case 'd' -> number(time.getDayOfMonth(), "%02d");
            case 'e' -> number(time.getDayOfMonth(), "%2d");
            case 'f' -> number(time.getNano() / 1000, "%06d");
            case 'g' -> number(time.get(IsoFields.WEEK_BASED_YEAR) % 100, "%02d");
            case 'G' -> number(time.get(IsoFields.WEEK_BASED_YEAR), "%d");
            case 'H' -> number(time.getHour(), "%02d");
            case 'I' -> number(hour12, "%02d");
            case 'j' -> number(time.getDayOfYear(), "%03d");
            case 'k' -> number(time.getHour(), "%2d");
            case 'l' -> number(hour12, "%2d");
            case 'm' -> number(time.getMonthValue(), "%02d");
            case 'M' -> number(time.getMinute(), "%02d");
            case 'p' -> out.append(time.get(ChronoField.AMPM_OF_DAY) == 0 ? "AM" : "PM");
            case 'P' -> out.append(time.get(ChronoField.AMPM_OF_DAY) == 0 ? "am" : "pm");
            case 's' -> number(epochSecond, "%d");
            case 'S' -> number(time.getSecond(), "%02d");
            case 'u' -> number(weekday, "%d");
            case 'U' -> number((time.getDayOfYear() + 6 - weekday % 7) / 7, "%02d");
            case 'V' -> number(time.get(IsoFields.WEEK_OF_WEEK_BASED_YEAR), "%02d");
            case 'w' -> number(weekday % 7, "%d");
            case 'W' -> number((time.getDayOfYear() + 6 - (weekday + 6) % 7) / 7, "%02d");
            case 'y' -> number(time.getYear() % 100, "%02d");
            case 'Y' -> number(time.getYear(), "%d");
            case 'c' -> expand("%a %b %e %H:%M:%S %Y");
            case 'D', 'x' -> expand("%m/%d/%y");
            case 'F' -> expand("%Y-%m-%d");
            case 'r' -> expand("%I:%M:%S %p");
            case 'R' -> expand("%H:%M");
            case 'T', 'X' -> expand("%H:%M:%S");
            case 'n' -> out.append('\n');
            case 't' -> out.append('\t');
            case 'z', 'Z' -> {}
            case '%' -> out.append('%');
            default -> out.append('%').append(letter);
        }
    }

    /** The English name of a day or month, which is how its constant is spelt. */
    private static String named(Enum<?> constant) {
        return constant.name().charAt(0) + constant.name().substring(1).toLowerCase(Locale.ROOT);
    }

    private void number(long value, String format) {
        out.append(String.format(Locale.ROOT, format, value));
    }
}
