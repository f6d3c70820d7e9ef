package dev.quire.conformance.waivers;

import dev.quire.api.types.Numerics;
import java.time.LocalDate;
import java.util.Optional;

/**
 * A failure that is known.
 *
 * @param device names of devices that have it
 * @param drivers versions of their drivers that have it
 * @param numerics the mode that has it; empty for both
 * @param cases names of cases that fail by it
 * @param reason what is wrong
 * @param link where it is tracked
 * @param expires the last day on which it is tolerated
 */
public record Waiver(
        NamePattern device,
        DriverRange drivers,
        Optional<Numerics> numerics,
        NamePattern cases,
        String reason,
        String link,
        LocalDate expires) {
    public Waiver {
        if (reason.isBlank() || link.isBlank()) {
            throw new IllegalArgumentException("the waiver of '%s' needs a reason and a link".formatted(cases));
        }
    }

    /** Whether it speaks of this device and mode at all. */
    public boolean concerns(String deviceName, String driver, Numerics mode) {
        return device.matches(deviceName)
                && drivers.holds(driver)
                && numerics.map(mode::equals).orElse(true);
    }

    /** Whether it has run out. */
    public boolean expired(LocalDate today) {
        return today.isAfter(expires);
    }
}
