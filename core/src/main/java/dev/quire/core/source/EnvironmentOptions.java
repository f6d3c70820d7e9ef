package dev.quire.core.source;

import dev.quire.core.source.SourceOptions.Bundled;
import dev.quire.core.source.SourceOptions.Hub;
import dev.quire.core.source.SourceOptions.Network;
import dev.quire.core.source.SourceOptions.Packages;
import java.io.IOException;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Source options from the variables that huggingface_hub and pip read: HF_ENDPOINT, HF_TOKEN, HF_HOME, HF_HUB_CACHE, HF_HUB_OFFLINE;
 * PIP_INDEX_URL, PIP_EXTRA_INDEX_URL, PIP_FIND_LINKS, PIP_NO_INDEX, PIP_CONFIG_FILE and pip's configuration files; XDG_CACHE_HOME.
 */
public final class EnvironmentOptions {
    private static final Set<String> TRUE = Set.of("1", "true", "yes", "on");

    private final Map<String, String> variables;
    private final Path home;

    private EnvironmentOptions(Map<String, String> variables, Path home) {
        this.variables = variables;
        this.home = home;
    }

    /**
     * Reads the options from {@code variables}.
     *
     * @param variables the environment, handed in by who may read it
     * @param home the user's home folder
     * @throws ModelSourceException if a variable or a configuration file cannot be understood
     */
    public static SourceOptions read(Map<String, String> variables, Path home) {
        return new EnvironmentOptions(variables, home).read();
    }

    /**
     * The folder of what Quire keeps on disk, compiled kernels among it.
     *
     * @param variables as for {@link #read}
     * @param home as for {@link #read}
     */
    public static Path cacheDirectory(Map<String, String> variables, Path home) {
        return new EnvironmentOptions(variables, home).own();
    }

    private SourceOptions read() {
        Path hubHome = path("HF_HOME").orElse(caches().resolve("huggingface"));
        Hub hub = new Hub(
                get("HF_ENDPOINT").map(value -> address("HF_ENDPOINT", value)).orElse(Hub.PUBLIC),
                get("HF_TOKEN").or(() -> tokenFile(path("HF_TOKEN_PATH").orElse(hubHome.resolve("token")))),
                path("HF_HUB_CACHE").orElse(hubHome.resolve("hub")));
        Network patient = Network.defaults();
        Network network = isOn("HF_HUB_OFFLINE")
                ? new Network(
                        Network.Mode.OFFLINE,
                        patient.connectTimeout(),
                        patient.stallTimeout(),
                        patient.attempts(),
                        patient.retryDelay())
                : patient;
        return new SourceOptions(
                hub, packages(own().resolve("packages")), new Bundled(own().resolve("models")), network);
    }

    private Path caches() {
        return path("XDG_CACHE_HOME").orElse(home.resolve(".cache"));
    }

    private Path own() {
        return caches().resolve("quire");
    }

    private Packages packages(Path cache) {
        PipConfig config = PipConfig.read(pipFiles());
        List<URI> indexes = new ArrayList<>();
        if (!isOn("PIP_NO_INDEX")
                && !config.last("no-index").map(TRUE::contains).orElse(false)) {
            indexes.add(get("PIP_INDEX_URL")
                    .or(() -> config.last("index-url"))
                    .map(value -> address("index-url", value))
                    .orElse(Packages.PYPI));
            words(get("PIP_EXTRA_INDEX_URL").or(() -> config.last("extra-index-url")))
                    .forEach(value -> indexes.add(address("extra-index-url", value)));
        }
        List<Path> links = words(get("PIP_FIND_LINKS").or(() -> config.last("find-links"))).stream()
                .filter(link -> !link.startsWith("http:") && !link.startsWith("https:"))
                .map(link -> link.startsWith("file:") ? Path.of(address("find-links", link)) : Path.of(link))
                .toList();
        return new Packages(indexes, links, cache);
    }

    /** The files of the machine, of the user, and one that is named; like pip, none at all if that one is the null device. */
    private List<Path> pipFiles() {
        Optional<Path> named = path("PIP_CONFIG_FILE");
        if (named.equals(Optional.of(Path.of("/dev/null")))) {
            return List.of();
        }
        List<Path> files = new ArrayList<>(List.of(
                Path.of("/etc/pip.conf"),
                home.resolve(".pip/pip.conf"),
                path("XDG_CONFIG_HOME").orElse(home.resolve(".config")).resolve("pip/pip.conf")));
        named.ifPresent(files::add);
        return files;
    }

    private Optional<String> tokenFile(Path file) {
        try {
            return Files.isRegularFile(file)
                    ? Optional.of(Files.readString(file).strip()).filter(token -> !token.isEmpty())
                    : Optional.empty();
        } catch (IOException e) {
            throw new ModelSourceException("The hub's token in %s cannot be read: %s".formatted(file, e), e);
        }
    }

    private Optional<String> get(String name) {
        return Optional.ofNullable(variables.get(name)).map(String::strip).filter(value -> !value.isEmpty());
    }

    private boolean isOn(String name) {
        return get(name)
                .map(value -> TRUE.contains(value.toLowerCase(java.util.Locale.ROOT)))
                .orElse(false);
    }

    private Optional<Path> path(String name) {
        return get(name)
                .map(value -> value.equals("~") || value.startsWith("~/")
                        ? home.resolve(value.substring(Math.min(2, value.length())))
                        : Path.of(value));
    }

    private static List<String> words(Optional<String> value) {
        return value.map(text -> List.of(text.strip().split("\\s+"))).orElse(List.of());
    }

    private static URI address(String name, String value) {
        try {
            URI address = URI.create(value.replaceAll("/+$", ""));
            if (address.getScheme() != null) {
                return address;
            }
        } catch (IllegalArgumentException e) {
            throw new ModelSourceException(
                    "%s is '%s', which is no address: %s".formatted(name, value, e.getMessage()), e);
        }
        throw new ModelSourceException("%s is '%s', which lacks https://".formatted(name, value));
    }
}
