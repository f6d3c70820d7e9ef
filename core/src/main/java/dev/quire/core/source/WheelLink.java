package dev.quire.core.source;

import java.net.URI;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A wheel that an index or a folder offers.
 *
 * @param file its file name
 * @param name of the package, normalized
 * @param version as the file name spells it
 * @param address where it is
 * @param sha256 as the index gives it
 * @param size as the index gives it
 * @param yanked whether its author took it back
 */
record WheelLink(
        String file,
        String name,
        PackageVersion version,
        URI address,
        Optional<Checksum> sha256,
        OptionalLong size,
        boolean yanked) {
    private static final Pattern FILE =
            Pattern.compile("(?<name>[A-Za-z0-9._]+)-(?<version>[A-Za-z0-9._!+]+)(-\\d[^-]*)?-[^-]+-[^-]+-[^-]+\\.whl");

    /** The wheel called {@code file}; empty if that is not the name of a wheel. */
    static Optional<WheelLink> of(
            String file, URI address, Optional<Checksum> sha256, OptionalLong size, boolean yanked) {
        Matcher matcher = FILE.matcher(file);
        return matcher.matches()
                ? Optional.of(new WheelLink(
                        file,
                        ModelReference.normalized(matcher.group("name")),
                        new PackageVersion(matcher.group("version")),
                        address,
                        sha256,
                        size,
                        yanked))
                : Optional.empty();
    }

    boolean isLocal() {
        return "file".equals(address.getScheme());
    }
}
