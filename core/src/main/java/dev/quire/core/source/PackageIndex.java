package dev.quire.core.source;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The wheels of a package: those in folders, and those that simple indexes list, as JSON (PEP 691) or as a page (PEP 503). */
final class PackageIndex {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String ACCEPT =
            "application/vnd.pypi.simple.v1+json, application/vnd.pypi.simple.v1+html;q=0.5, text/html;q=0.2";
    private static final Pattern ANCHOR = Pattern.compile("<a\\s([^>]*)>([^<]*)</a>", Pattern.CASE_INSENSITIVE);
    private static final Pattern HREF = Pattern.compile("href\\s*=\\s*[\"']([^\"']*)[\"']", Pattern.CASE_INSENSITIVE);
    private static final Pattern HASH = Pattern.compile("sha256=([0-9a-fA-F]{64})");

    private final Http http;
    private final SourceOptions.Packages options;

    PackageIndex(Http http, SourceOptions.Packages options) {
        this.http = http;
        this.options = options;
    }

    /** Wheels of {@code name} in the folders. */
    static List<WheelLink> local(SourceOptions.Packages options, String name) {
        List<WheelLink> links = new ArrayList<>();
        for (Path folder : options.findLinks()) {
            for (Path file : HubCache.children(folder)) {
                WheelLink.of(file.getFileName().toString(), file.toUri(), Optional.empty(), OptionalLong.empty(), false)
                        .filter(wheel -> wheel.name().equals(name))
                        .ifPresent(links::add);
            }
        }
        return links;
    }

    /**
     * Wheels of {@code name} in all indexes.
     *
     * @throws ModelSourceException if none has the package, with what each answered
     */
    List<WheelLink> remote(String name) {
        List<WheelLink> links = new ArrayList<>();
        List<String> answers = new ArrayList<>();
        for (URI index : options.indexes()) {
            URI address = URI.create(withoutUser(index) + "/" + name + "/");
            try {
                Http.Page page = http.page(address, headers(index, ACCEPT));
                if (page.status() == 200) {
                    links.addAll(read(page, name));
                } else {
                    answers.add(Failures.status(page.status(), name, address).getMessage());
                }
            } catch (IOException e) {
                answers.add("%s: %s.".formatted(address, Failures.text(e)));
            }
        }
        if (links.isEmpty()) {
            throw new ModelSourceException("No wheel of the Python package '%s'. %s"
                    .formatted(name, answers.isEmpty() ? "The indexes list none." : String.join(" ", answers)));
        }
        return links;
    }

    /** What a download of {@code wheel} must send: the authorization of the index that it is on. */
    Map<String, String> headers(WheelLink wheel) {
        return options.indexes().stream()
                .filter(index -> index.getHost().equals(wheel.address().getHost())
                        && index.getPort() == wheel.address().getPort())
                .findFirst()
                .map(index -> headers(index, "*/*"))
                .orElse(Map.of());
    }

    private static List<WheelLink> read(Http.Page page, String name) throws IOException {
        boolean json = page.type().contains("json");
        return (json ? fromJson(page) : fromPage(page))
                .stream().filter(wheel -> wheel.name().equals(name)).toList();
    }

    private static List<WheelLink> fromJson(Http.Page page) throws IOException {
        List<WheelLink> links = new ArrayList<>();
        for (JsonNode file : JSON.readTree(page.body()).path("files")) {
            JsonNode yanked = file.path("yanked");
            OptionalLong size = file.path("size").isIntegralNumber()
                    ? OptionalLong.of(file.path("size").asLong())
                    : OptionalLong.empty();
            WheelLink.of(
                            file.path("filename").asText(),
                            resolve(page, file.path("url").asText()),
                            Checksum.sha256(file.path("hashes").path("sha256").asText()),
                            size,
                            yanked.isTextual() || yanked.asBoolean())
                    .ifPresent(links::add);
        }
        return links;
    }

    private static List<WheelLink> fromPage(Http.Page page) throws IOException {
        List<WheelLink> links = new ArrayList<>();
        Matcher anchor = ANCHOR.matcher(new String(page.body(), StandardCharsets.UTF_8));
        while (anchor.find()) {
            Matcher href = HREF.matcher(anchor.group(1));
            if (href.find()) {
                String address = href.group(1).replace("&amp;", "&");
                Matcher hash = HASH.matcher(address);
                Optional<Checksum> sha256 = hash.find() ? Checksum.sha256(hash.group(1)) : Optional.empty();
                WheelLink.of(
                                anchor.group(2).strip(),
                                resolve(page, address.replaceAll("#.*", "")),
                                sha256,
                                OptionalLong.empty(),
                                anchor.group(1).contains("data-yanked"))
                        .ifPresent(links::add);
            }
        }
        return links;
    }

    private static URI resolve(Http.Page page, String address) throws IOException {
        try {
            URI resolved = page.address().resolve(address);
            if (resolved.getHost() != null
                    && String.valueOf(resolved.getScheme()).startsWith("http")) {
                return resolved;
            }
        } catch (IllegalArgumentException e) {
            throw new IOException("%s links to '%s', which is no address".formatted(page.address(), address), e);
        }
        throw new IOException("%s links to '%s', which is not on the web".formatted(page.address(), address));
    }

    private static Map<String, String> headers(URI index, String accept) {
        String user = index.getUserInfo();
        if (user == null) {
            return Map.of("Accept", accept);
        }
        String basic = Base64.getEncoder().encodeToString(user.getBytes(StandardCharsets.UTF_8));
        return Map.of("Accept", accept, "Authorization", "Basic " + basic);
    }

    private static String withoutUser(URI index) {
        String user = index.getRawUserInfo();
        return user == null ? index.toString() : index.toString().replace(user + "@", "");
    }
}
