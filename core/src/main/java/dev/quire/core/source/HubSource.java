package dev.quire.core.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Pattern;

/** Fetches models from the Hugging Face hub into its cache. */
final class HubSource {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final Pattern COMMIT = Pattern.compile("[0-9a-f]{7,64}");
    private static final Pattern TAG = Pattern.compile("[A-Za-z0-9_.-]{1,128}");

    private final SourceOptions.Hub options;
    private final SourceOptions.Network network;
    private final DownloadProgress progress;
    private final HubCache cache;

    HubSource(SourceOptions options, DownloadProgress progress) {
        this.options = options.hub();
        this.network = options.network();
        this.progress = progress;
        this.cache = new HubCache(options.hub().cache());
    }

    HubCache cache() {
        return cache;
    }

    /** Fetches what is missing of {@code reference} as it is on the hub now. */
    ModelFiles fetch(ModelReference.Hub reference) {
        if (network.isOffline()) {
            throw new ModelSourceException(
                    "%s is not complete in %s, and downloads are off. Switch them on (unset HF_HUB_OFFLINE), or copy the model there."
                            .formatted(reference, options.cache()));
        }
        try (Http http = new Http(network)) {
            Commit commit = commit(http, reference);
            List<RemoteFile> files = new ArrayList<>();
            for (String name : RepositoryFiles.choose(reference, commit.files())) {
                files.add(describe(http, reference, commit, name));
            }
            requireSpace(reference, files);
            Downloader downloader = new Downloader(http, network, progress);
            for (RemoteFile file : files) {
                Path blob = cache.blob(reference, file.tag());
                downloader.fetch(file.wanted(blob, headers()), cache.lock(reference, file.tag()));
                cache.link(blob, cache.snapshot(reference, commit.sha()).resolve(file.name()));
            }
            cache.remember(reference, commit.sha());
        } catch (IOException e) {
            throw new ModelSourceException(
                    "%s cannot be had from %s: %s".formatted(reference, options.endpoint(), Failures.text(e)), e);
        }
        return cache.find(reference)
                .orElseThrow(() -> new ModelSourceException(
                        "%s is on the hub, but a part of it that Quire needs is not: config.json, a tokenizer, or a shard of the weights"
                                .formatted(reference)));
    }

    /** A state of a repository. */
    private record Commit(String sha, List<String> files) {}

    /**
     * A file of a repository.
     *
     * @param tag names its contents
     */
    private record RemoteFile(String name, URI address, String tag, OptionalLong size) {
        Downloader.Wanted wanted(Path blob, Map<String, String> headers) {
            return new Downloader.Wanted(name, address, headers, blob, size, Checksum.ofTag(tag));
        }
    }

    private Commit commit(Http http, ModelReference.Hub reference) throws IOException {
        URI address = URI.create("%s/api/models/%s/revision/%s"
                .formatted(
                        options.endpoint(),
                        reference.id(),
                        URLEncoder.encode(reference.revision(), StandardCharsets.UTF_8)));
        Http.Page page = http.page(address, headers());
        if (page.status() != 200) {
            throw Failures.status(page.status(), reference.toString(), address);
        }
        JsonNode answer = JSON.readTree(page.body());
        String sha = answer.path("sha").asText();
        if (!COMMIT.matcher(sha).matches()) {
            throw new IOException("its answer names no commit");
        }
        List<String> files = new ArrayList<>();
        answer.path("siblings").forEach(file -> files.add(file.path("rfilename").asText()));
        return new Commit(sha, files);
    }

    private RemoteFile describe(Http http, ModelReference.Hub reference, Commit commit, String name)
            throws IOException {
        URI address = URI.create(
                "%s/%s/resolve/%s/%s".formatted(options.endpoint(), reference.id(), commit.sha(), path(name)));
        try (Http.Answer answer = http.head(address, headers())) {
            if (answer.status() >= 400) {
                throw Failures.status(answer.status(), name, address);
            }
            String tag = answer.header("X-Linked-Etag")
                    .or(() -> answer.header("ETag"))
                    .map(value -> value.replaceAll("^W/|\"", ""))
                    .orElse("");
            if (!TAG.matcher(tag).matches()) {
                throw new IOException(
                        "its answer gives %s the entity tag '%s'; expected a checksum".formatted(name, tag));
            }
            return new RemoteFile(name, address, tag, size(answer));
        }
    }

    private static OptionalLong size(Http.Answer answer) {
        Optional<String> length =
                answer.status() == 200 ? answer.last().headers().firstValue("Content-Length") : Optional.empty();
        Optional<String> size =
                answer.header("X-Linked-Size").or(() -> length).filter(digits -> digits.matches("\\d{1,18}"));
        return size.map(digits -> OptionalLong.of(Long.parseLong(digits))).orElse(OptionalLong.empty());
    }

    private void requireSpace(ModelReference.Hub reference, List<RemoteFile> files) throws IOException {
        long missing = files.stream()
                .filter(file -> !Files.exists(cache.blob(reference, file.tag())))
                .mapToLong(file -> file.size().orElse(0))
                .sum();
        Files.createDirectories(options.cache());
        DiskSpace.require(options.cache(), missing, reference.toString());
    }

    private Map<String, String> headers() {
        return options.token()
                .map(token -> Map.of("Authorization", "Bearer " + token))
                .orElse(Map.of());
    }

    /** A path of a repository as it stands in an address. */
    private static String path(String name) {
        return URLEncoder.encode(name, StandardCharsets.UTF_8)
                .replace("+", "%20")
                .replace("%2F", "/");
    }
}
