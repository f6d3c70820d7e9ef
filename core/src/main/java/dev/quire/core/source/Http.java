package dev.quire.core.source;

import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpHeaders;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A client that follows redirects by itself, so that it sees the headers of each station and keeps the authorization from other hosts.
 * Safe from any thread.
 */
final class Http implements AutoCloseable {
    /** Longest page that is read into memory: an index page of a package with very many releases. */
    private static final int MAX_PAGE = 64 << 20;

    private static final int MAX_REDIRECTS = 10;
    private static final Set<Integer> REDIRECTS = Set.of(301, 302, 303, 307, 308);
    private static final String AUTHORIZATION = "Authorization";

    private final SourceOptions.Network network;
    private final HttpClient client;

    Http(SourceOptions.Network network) {
        this.network = network;
        this.client = HttpClient.newBuilder()
                .connectTimeout(network.connectTimeout())
                .followRedirects(HttpClient.Redirect.NEVER)
                .build();
    }

    /** The answer to a request; closed by who asked. */
    record Answer(HttpResponse<InputStream> last, List<HttpHeaders> stations) implements AutoCloseable {
        int status() {
            return last.statusCode();
        }

        /** The value of {@code name} at the first station that gives one. */
        Optional<String> header(String name) {
            return stations.stream()
                    .flatMap(headers -> headers.firstValue(name).stream())
                    .findFirst();
        }

        @Override
        public void close() throws IOException {
            last.body().close();
        }
    }

    Answer get(URI uri, Map<String, String> headers) throws IOException {
        return follow("GET", uri, headers);
    }

    /** The headers of what a GET would answer; a redirect to another host is not followed, but is the answer. */
    Answer head(URI uri, Map<String, String> headers) throws IOException {
        return follow("HEAD", uri, headers);
    }

    /** A whole page, and its status. */
    Page page(URI uri, Map<String, String> headers) throws IOException {
        try (Answer answer = get(uri, headers);
                StallGuard body = new StallGuard(answer.last().body(), network.stallTimeout())) {
            byte[] bytes = body.readNBytes(MAX_PAGE + 1);
            if (bytes.length > MAX_PAGE) {
                throw new IOException("%s has more than %d bytes".formatted(uri, MAX_PAGE));
            }
            return new Page(
                    answer.status(),
                    answer.last().uri(),
                    answer.header("Content-Type").orElse(""),
                    bytes);
        }
    }

    /**
     * A page.
     *
     * @param address where it was found, after redirects
     */
    record Page(int status, URI address, String type, byte[] body) {}

    private Answer follow(String method, URI first, Map<String, String> headers) throws IOException {
        List<HttpHeaders> stations = new ArrayList<>();
        URI uri = first;
        while (true) {
            HttpResponse<InputStream> response =
                    send(method, uri, sameOrigin(first, uri) ? headers : anonymous(headers));
            stations.add(response.headers());
            Optional<String> location = response.headers().firstValue("Location");
            if (!REDIRECTS.contains(response.statusCode()) || location.isEmpty()) {
                return new Answer(response, stations);
            }
            URI next = next(uri, location.get());
            if (method.equals("HEAD") && !sameOrigin(uri, next)) {
                return new Answer(response, stations);
            }
            response.body().close();
            uri = next;
            if (stations.size() > MAX_REDIRECTS) {
                throw new IOException("%s redirects more than %d times".formatted(first, MAX_REDIRECTS));
            }
        }
    }

    private HttpResponse<InputStream> send(String method, URI uri, Map<String, String> headers) throws IOException {
        HttpRequest.Builder request = HttpRequest.newBuilder(uri)
                .timeout(network.stallTimeout())
                .method(method, HttpRequest.BodyPublishers.noBody())
                .header("User-Agent", "quire");
        headers.forEach(request::header);
        try {
            return client.send(request.build(), BodyHandlers.ofInputStream());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw interrupted(e);
        }
    }

    static InterruptedIOException interrupted(InterruptedException cause) {
        InterruptedIOException interrupted = new InterruptedIOException("interrupted");
        interrupted.initCause(cause);
        return interrupted;
    }

    private static URI next(URI from, String location) throws IOException {
        URI to;
        try {
            to = from.resolve(URI.create(location));
        } catch (IllegalArgumentException e) {
            throw new IOException("%s redirects to '%s', which is no address".formatted(from, location), e);
        }
        boolean downgrade = "https".equals(from.getScheme()) && !"https".equals(to.getScheme());
        if (downgrade || to.getHost() == null) {
            throw new IOException("%s redirects to %s, which is not secure".formatted(from, to));
        }
        return to;
    }

    private static boolean sameOrigin(URI a, URI b) {
        return a.getScheme().equals(b.getScheme()) && a.getHost().equals(b.getHost()) && a.getPort() == b.getPort();
    }

    private static Map<String, String> anonymous(Map<String, String> headers) {
        Map<String, String> rest = new java.util.HashMap<>(headers);
        rest.remove(AUTHORIZATION);
        return rest;
    }

    @Override
    public void close() {
        client.shutdownNow();
    }
}
