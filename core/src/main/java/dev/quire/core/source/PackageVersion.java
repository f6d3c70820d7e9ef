package dev.quire.core.source;

import java.math.BigInteger;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A version of a Python package (PEP 440), compared by its release numbers. Versions before a release (alphas, candidates, development
 * versions) are chosen only by name.
 *
 * @param text as it is written
 */
record PackageVersion(String text) implements Comparable<PackageVersion> {
    private static final Pattern RELEASE = Pattern.compile("v?(\\d+(?:\\.\\d+)*)(.*)");
    private static final Pattern FINAL = Pattern.compile("([.-]?(post|rev|r)[.-]?\\d*)?(\\+.*)?");
    private static final Comparator<PackageVersion> ORDER = Comparator.comparing(
                    PackageVersion::release, PackageVersion::compare)
            .thenComparing(PackageVersion::text);

    /** Whether it is no version before a release. */
    boolean isFinal() {
        Matcher matcher = RELEASE.matcher(text);
        return matcher.matches() && FINAL.matcher(matcher.group(2)).matches();
    }

    /** Whether {@code other} means the same version: 1.0 is 1.0.0. */
    boolean isSame(PackageVersion other) {
        return text.equals(other.text)
                || rest().equals(other.rest())
                        && compare(release(), other.release()) == 0
                        && !release().isEmpty();
    }

    @Override
    public int compareTo(PackageVersion other) {
        return ORDER.compare(this, other);
    }

    private List<BigInteger> release() {
        Matcher matcher = RELEASE.matcher(text);
        return matcher.matches()
                ? Arrays.stream(matcher.group(1).split("\\."))
                        .map(BigInteger::new)
                        .toList()
                : List.of();
    }

    private String rest() {
        Matcher matcher = RELEASE.matcher(text);
        return matcher.matches() ? matcher.group(2) : text;
    }

    private static int compare(List<BigInteger> a, List<BigInteger> b) {
        for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
            int order = part(a, i).compareTo(part(b, i));
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static BigInteger part(List<BigInteger> release, int i) {
        return i < release.size() ? release.get(i) : BigInteger.ZERO;
    }
}
