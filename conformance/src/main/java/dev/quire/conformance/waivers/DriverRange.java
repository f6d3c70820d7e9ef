package dev.quire.conformance.waivers;

import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Driver versions between two, both included. Versions compare number by number, so 9.10 comes after 9.9; what is missing counts as 0.
 *
 * @param from the first version; empty for no lower end
 * @param to the last version; empty for no upper end
 */
public record DriverRange(String from, String to) {
    /** Every driver, and a device without one. */
    public static final DriverRange ALL = new DriverRange("", "");

    private static final Pattern NUMBER = Pattern.compile("\\d+");

    public DriverRange {
        Stream.of(from, to).filter(end -> !end.isEmpty()).forEach(DriverRange::numbers);
        if (!from.isEmpty() && !to.isEmpty() && compare(from, to) > 0) {
            throw new IllegalArgumentException("a driver range from %s to %s holds no version".formatted(from, to));
        }
    }

    /** Whether {@code driver} lies inside; a device without a driver lies in {@link #ALL} only. */
    public boolean holds(String driver) {
        if (equals(ALL)) {
            return true;
        }
        return !driver.isEmpty()
                && (from.isEmpty() || compare(from, driver) <= 0)
                && (to.isEmpty() || compare(driver, to) <= 0);
    }

    private static int compare(String one, String other) {
        List<Long> a = numbers(one);
        List<Long> b = numbers(other);
        for (int i = 0; i < Math.max(a.size(), b.size()); i++) {
            int order = Long.compare(i < a.size() ? a.get(i) : 0, i < b.size() ? b.get(i) : 0);
            if (order != 0) {
                return order;
            }
        }
        return 0;
    }

    private static List<Long> numbers(String version) {
        List<Long> numbers = new ArrayList<>();
        Matcher matcher = NUMBER.matcher(version);
        while (matcher.find()) {
            numbers.add(Long.parseLong(matcher.group()));
        }
        if (numbers.isEmpty()) {
            throw new IllegalArgumentException("'%s' is no driver version: it has no number".formatted(version));
        }
        return numbers;
    }
}
