package dev.quire.core.source;

import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * Where models may come from, and where they are kept.
 *
 * @param hub the Hugging Face hub or a mirror of it
 * @param packages the index of Python packages
 * @param bundled models that jars of the class path carry
 * @param network how patiently to download
 */
public record SourceOptions(Hub hub, Packages packages, Bundled bundled, Network network) {
    /** The public hub and PyPI, with the caches that other tools use too, under a user's home folder. */
    public static SourceOptions defaults(Path home) {
        Path cache = home.resolve(".cache");
        return new SourceOptions(
                new Hub(Hub.PUBLIC, Optional.empty(), cache.resolve("huggingface/hub")),
                new Packages(List.of(Packages.PYPI), List.of(), cache.resolve("quire/packages")),
                new Bundled(cache.resolve("quire/models")),
                Network.defaults());
    }

    /**
     * The hub.
     *
     * @param endpoint base address
     * @param token sent to the endpoint alone, never to where it redirects
     * @param cache folder of {@code models--org--name}, as huggingface_hub keeps it
     */
    public record Hub(URI endpoint, Optional<String> token, Path cache) {
        static final URI PUBLIC = URI.create("https://huggingface.co");

        @Override
        public String toString() {
            return "Hub[endpoint=%s, token=%s, cache=%s]".formatted(endpoint, token.map(t -> "***"), cache);
        }
    }

    /**
     * Python packages, as pip is told about them.
     *
     * @param indexes simple indexes (PEP 503 or 691), asked in this order; a user name and password in an address are sent as basic authorization
     * @param findLinks folders with wheels, looked through first
     * @param cache folder of {@code name/version/file.gguf}
     */
    public record Packages(List<URI> indexes, List<Path> findLinks, Path cache) {
        static final URI PYPI = URI.create("https://pypi.org/simple");

        public Packages {
            indexes = List.copyOf(indexes);
            findLinks = List.copyOf(findLinks);
        }
    }

    /**
     * Models in jars.
     *
     * @param cache folder of {@code name-digest}, where they are unpacked
     */
    public record Bundled(Path cache) {}

    /**
     * Patience.
     *
     * @param mode whether to go out at all
     * @param connectTimeout until a server must have answered a call for a connection
     * @param stallTimeout how long a server may be silent
     * @param attempts tries without any progress before a download is given up; at least 1
     * @param retryDelay before the second try; doubles with each further one
     */
    public record Network(
            Mode mode, Duration connectTimeout, Duration stallTimeout, int attempts, Duration retryDelay) {
        /** Whether to go out at all. */
        public enum Mode {
            ONLINE,
            /** Only what is on disk. */
            OFFLINE
        }

        public Network {
            if (attempts < 1) {
                throw new IllegalArgumentException("attempts is %d; expected at least 1".formatted(attempts));
            }
        }

        static Network defaults() {
            return new Network(Mode.ONLINE, Duration.ofSeconds(5), Duration.ofSeconds(60), 5, Duration.ofMillis(500));
        }

        boolean isOffline() {
            return mode == Mode.OFFLINE;
        }
    }
}
