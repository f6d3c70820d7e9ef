package dev.quire.server.options;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The HTTP server.
 *
 * @param host address to listen on
 * @param port port to listen on; 0 lets the system choose
 * @param uds Unix domain socket to listen on instead of host and port
 * @param apiKeys keys of which each request must bring one; empty for an open server
 * @param tls certificate and key; absent for plain HTTP
 * @param cors what browsers on other sites may do
 * @param limits what a client may send and leave unread
 * @param shutdownTimeout how long requests in flight may still run after a stop
 * @param unknownFields what happens to fields of a request that no API defines
 * @param accessLog whether each request leaves a line in the log
 */
public record HttpOptions(
        String host,
        int port,
        Optional<Path> uds,
        List<String> apiKeys,
        Optional<Tls> tls,
        Cors cors,
        HttpLimits limits,
        Duration shutdownTimeout,
        UnknownFields unknownFields,
        boolean accessLog) {
    /** PEM files. */
    public record Tls(Path certificate, Path key) {}

    /** Cross-origin requests; {@code *} stands for all. */
    public record Cors(List<String> origins, List<String> methods, List<String> headers, boolean credentials) {}

    /** What happens to fields of a request that no API defines. */
    public enum UnknownFields {
        /** They are listed in the answer's X-Quire-Ignored header. */
        REPORTED,
        /** The request is refused. */
        REFUSED
    }

    static final Option<String> HOST =
            Option.of("host", OptionType.TEXT, "Address to listen on.").defaults("0.0.0.0");
    static final Option<Integer> PORT = Option.of(
                    "port", OptionType.INTEGER, "Port to listen on; 0 lets the system choose.")
            .defaults("8000")
            .require(port -> port >= 0 && port <= 65535, "a port from 0 to 65535");
    static final Option<Path> UDS =
            Option.of("uds", OptionType.PATH, "Unix domain socket to listen on, instead of host and port.");
    static final Option<List<String>> API_KEY = Option.of(
                    "api-key",
                    OptionType.TEXTS,
                    "Keys of which each request must bring one as `Authorization: Bearer KEY`. /health, /ping,"
                            + " /version and /metrics stay open. Default: no key is asked for.")
            .defaults("");
    static final Option<Path> SSL_CERTFILE =
            Option.of("ssl-certfile", OptionType.PATH, "PEM certificate chain; with ssl-keyfile it turns TLS on.");
    static final Option<Path> SSL_KEYFILE =
            Option.of("ssl-keyfile", OptionType.PATH, "PEM private key of the certificate.");
    static final Option<List<String>> ALLOWED_ORIGINS = Option.of(
                    "allowed-origins",
                    OptionType.TEXTS,
                    "Origins whose scripts may call the server (CORS); `*` for all.")
            .defaults("*");
    static final Option<List<String>> ALLOWED_METHODS = Option.of(
                    "allowed-methods", OptionType.TEXTS, "Methods that such scripts may use; `*` for all.")
            .defaults("*");
    static final Option<List<String>> ALLOWED_HEADERS = Option.of(
                    "allowed-headers", OptionType.TEXTS, "Headers that such scripts may send; `*` for all.")
            .defaults("*");
    static final Option<Boolean> ALLOW_CREDENTIALS = Option.of(
                    "allow-credentials",
                    OptionType.SWITCH,
                    "Whether such scripts may send credentials; needs named origins.")
            .defaults("false");
    static final Option<Duration> SHUTDOWN_TIMEOUT = Option.of(
                    "shutdown-timeout",
                    OptionType.SECONDS,
                    "How long requests in flight may still run after a stop; meanwhile new ones are answered with 503.")
            .defaults("30");
    static final Option<Boolean> STRICT_FIELDS = Option.of(
                    "strict-fields",
                    OptionType.SWITCH,
                    "Refuses requests with fields that no API defines, instead of listing them in the answer's"
                            + " X-Quire-Ignored header.")
            .defaults("false");
    static final Option<Boolean> ACCESS_LOG = Option.of(
                    "access-log", OptionType.SWITCH, "One log line for each request.")
            .defaults("true");

    static final List<Option<?>> OPTIONS = List.of(
            HOST,
            PORT,
            UDS,
            API_KEY,
            SSL_CERTFILE,
            SSL_KEYFILE,
            ALLOWED_ORIGINS,
            ALLOWED_METHODS,
            ALLOWED_HEADERS,
            ALLOW_CREDENTIALS,
            SHUTDOWN_TIMEOUT,
            STRICT_FIELDS,
            ACCESS_LOG);

    public HttpOptions {
        apiKeys = List.copyOf(apiKeys);
        if (cors.credentials() && cors.origins().contains("*")) {
            throw new OptionException(
                    "allow-credentials is true while allowed-origins is '*': browsers refuse that. Name the origins.");
        }
    }

    /** These on any free port of this machine alone, open, and without lines in the log: for a server that only its own process asks. */
    public HttpOptions local() {
        return new HttpOptions(
                "127.0.0.1",
                0,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                cors,
                limits,
                shutdownTimeout,
                unknownFields,
                false);
    }

    static HttpOptions of(OptionValues values) {
        return new HttpOptions(
                values.get(HOST),
                values.get(PORT),
                values.find(UDS),
                values.get(API_KEY),
                tls(values),
                new Cors(
                        values.get(ALLOWED_ORIGINS),
                        values.get(ALLOWED_METHODS),
                        values.get(ALLOWED_HEADERS),
                        values.get(ALLOW_CREDENTIALS)),
                HttpLimits.of(values),
                values.get(SHUTDOWN_TIMEOUT),
                values.get(STRICT_FIELDS) ? UnknownFields.REFUSED : UnknownFields.REPORTED,
                values.get(ACCESS_LOG));
    }

    private static Optional<Tls> tls(OptionValues values) {
        Optional<Path> certificate = values.find(SSL_CERTFILE);
        Optional<Path> key = values.find(SSL_KEYFILE);
        if (certificate.isPresent() != key.isPresent()) {
            throw new OptionException("%s is missing: TLS needs both ssl-certfile and ssl-keyfile."
                    .formatted(key.isPresent() ? "ssl-certfile" : "ssl-keyfile"));
        }
        return certificate.map(path -> new Tls(path, key.orElseThrow()));
    }

    /** Hides the keys. */
    @Override
    public String toString() {
        return "HttpOptions[host=%s, port=%d, uds=%s, apiKeys=%d, tls=%s, %s, %s, shutdownTimeout=%s, unknownFields=%s, accessLog=%s]"
                .formatted(
                        host, port, uds, apiKeys.size(), tls, cors, limits, shutdownTimeout, unknownFields, accessLog);
    }
}
