package dev.quire.core.source;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One file on its way: each {@link #goOn} asks for what is still missing. */
final class Transfer {
    private static final Pattern CONTENT_RANGE = Pattern.compile("bytes (\\d{1,18})-\\d+/(\\d{1,18})");
    private static final int OK = 200;
    private static final int PARTIAL = 206;
    private static final int RANGE_NOT_SATISFIABLE = 416;
    private static final int TOO_MANY_REQUESTS = 429;

    private final Http http;
    private final SourceOptions.Network network;
    private final DownloadProgress progress;
    private final Downloader.Wanted wanted;

    Transfer(Http http, SourceOptions.Network network, DownloadProgress progress, Downloader.Wanted wanted) {
        this.http = http;
        this.network = network;
        this.progress = progress;
        this.wanted = wanted;
    }

    /**
     * Fetches until the part is as long as the file.
     *
     * @throws IOException if the connection ends before; the part has grown by what came
     * @throws ModelSourceException if trying again is of no use
     */
    void goOn() throws IOException {
        Path part = wanted.part();
        long present = Files.exists(part) ? Files.size(part) : 0;
        if (wanted.size().isPresent() && present > wanted.size().getAsLong()) {
            Files.delete(part);
            present = 0;
        }
        if (wanted.size().isPresent() && present == wanted.size().getAsLong() && present > 0) {
            progress.started(wanted.name(), present, wanted.size());
            return;
        }
        Map<String, String> headers = new HashMap<>(wanted.headers());
        if (present > 0) {
            headers.put("Range", "bytes=" + present + "-");
        }
        try (Http.Answer answer = http.get(wanted.from(), headers)) {
            switch (answer.status()) {
                case OK -> receive(answer.last(), 0, length(answer.last()));
                case PARTIAL -> receivePart(answer.last(), present);
                case RANGE_NOT_SATISFIABLE -> {
                    Files.deleteIfExists(part);
                    throw new IOException("the server has no bytes from " + present + " on; starting again");
                }
                default -> refuse(answer.status());
            }
        }
    }

    private void receivePart(HttpResponse<InputStream> response, long present) throws IOException {
        Matcher range = CONTENT_RANGE.matcher(
                response.headers().firstValue("Content-Range").orElse(""));
        if (!range.matches() || Long.parseLong(range.group(1)) != present) {
            Files.deleteIfExists(wanted.part());
            throw new IOException("the server sent another range than was asked for; starting again");
        }
        receive(response, present, OptionalLong.of(Long.parseLong(range.group(2))));
    }

    private void receive(HttpResponse<InputStream> response, long from, OptionalLong said) throws IOException {
        OptionalLong total = wanted.size().isPresent() ? wanted.size() : said;
        DiskSpace.require(wanted.part().getParent(), total.orElse(from) - from, wanted.name());
        progress.started(wanted.name(), from, total);
        long at = from;
        byte[] buffer = new byte[1 << 16];
        StandardOpenOption how = from == 0 ? StandardOpenOption.TRUNCATE_EXISTING : StandardOpenOption.APPEND;
        try (StallGuard body = new StallGuard(response.body(), network.stallTimeout());
                OutputStream out = Files.newOutputStream(
                        wanted.part(), StandardOpenOption.CREATE, StandardOpenOption.WRITE, how)) {
            for (int count = body.read(buffer); count >= 0; count = body.read(buffer)) {
                at += count;
                if (total.isPresent() && at > total.getAsLong()) {
                    throw tooLong(total.getAsLong());
                }
                out.write(buffer, 0, count);
                progress.advanced(wanted.name(), count);
            }
        }
        if (total.isPresent() && at < total.getAsLong()) {
            throw new EOFException("the connection ended after %d of %d bytes".formatted(at, total.getAsLong()));
        }
    }

    private void refuse(int status) throws IOException {
        if (status >= 500 || status == TOO_MANY_REQUESTS) {
            throw new IOException("the server answered " + status);
        }
        throw Failures.status(status, wanted.name(), wanted.from());
    }

    private ModelSourceException tooLong(long total) throws IOException {
        Files.deleteIfExists(wanted.part());
        return new ModelSourceException("%s from %s is longer than the %d bytes that were announced; it was deleted"
                .formatted(wanted.name(), wanted.from(), total));
    }

    private static OptionalLong length(HttpResponse<InputStream> response) {
        return response.headers().firstValueAsLong("Content-Length");
    }
}
