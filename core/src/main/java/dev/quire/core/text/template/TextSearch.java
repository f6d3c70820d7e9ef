package dev.quire.core.text.template;

import java.util.ArrayList;
import java.util.List;

/** Finds text in text in linear time, so that no template makes a search quadratic: Knuth, Morris and Pratt 1977 for long needles. */
final class TextSearch {

    private static final int SHORT = 32;

    private TextSearch() {}

    /** Offset of the first occurrence at or after {@code from}, or -1. */
    static int indexOf(String text, String needle, int from) {
        if (needle.length() <= SHORT) {
            return text.indexOf(needle, from);
        }
        return search(text, needle, failures(needle), from);
    }

    /** Offset of the last occurrence, or -1. */
    static int lastIndexOf(String text, String needle) {
        if (needle.length() <= SHORT) {
            return text.lastIndexOf(needle);
        }
        int found = indexOf(mirrored(text), mirrored(needle), 0);
        return found < 0 ? -1 : text.length() - found - needle.length();
    }

    /** Offsets of the first {@code most} occurrences that do not overlap. */
    static List<Integer> all(String text, String needle, int most) {
        List<Integer> found = new ArrayList<>();
        int[] failures = needle.length() <= SHORT ? new int[0] : failures(needle);
        int from = 0;
        while (found.size() < most && from <= text.length()) {
            int at = failures.length == 0 ? text.indexOf(needle, from) : search(text, needle, failures, from);
            if (at < 0) {
                break;
            }
            found.add(at);
            from = at + Math.max(1, needle.length());
        }
        return found;
    }

    /** Offsets around every code point, at most {@code most} of them: where an empty needle occurs. */
    static List<Integer> boundaries(String text, int most) {
        List<Integer> found = new ArrayList<>();
        int at = 0;
        while (found.size() < most && at < text.length()) {
            found.add(at);
            at += Character.charCount(text.codePointAt(at));
        }
        if (found.size() < most) {
            found.add(text.length());
        }
        return found;
    }

    private static int search(String text, String needle, int[] failures, int from) {
        int matched = 0;
        for (int i = from; i < text.length(); i++) {
            while (matched > 0 && text.charAt(i) != needle.charAt(matched)) {
                matched = failures[matched - 1];
            }
            if (text.charAt(i) == needle.charAt(matched)) {
                matched++;
            }
            if (matched == needle.length()) {
                return i - matched + 1;
            }
        }
        return -1;
    }

    /** For each prefix of the needle, the length of its longest border. */
    private static int[] failures(String needle) {
        int[] failures = new int[needle.length()];
        int matched = 0;
        for (int i = 1; i < needle.length(); i++) {
            while (matched > 0 && needle.charAt(i) != needle.charAt(matched)) {
                matched = failures[matched - 1];
            }
            if (needle.charAt(i) == needle.charAt(matched)) {
                matched++;
            }
            failures[i] = matched;
        }
        return failures;
    }

    /** The units in reverse order, unlike {@link StringBuilder#reverse}, which keeps surrogate pairs in order. */
    static String mirrored(String text) {
        char[] units = new char[text.length()];
        for (int i = 0; i < units.length; i++) {
            units[i] = text.charAt(units.length - 1 - i);
        }
        return new String(units);
    }
}
