package dev.quire.core.source;

import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.UnknownHostException;
import java.net.http.HttpConnectTimeoutException;
import java.net.http.HttpTimeoutException;
import java.nio.channels.UnresolvedAddressException;
import javax.net.ssl.SSLException;

/** Words what went wrong on the way to a server. */
final class Failures {
    private Failures() {}

    /** The cause in plain words. */
    static String text(IOException e) {
        return switch (e) {
            case HttpConnectTimeoutException timeout -> "no connection in time; check the network or the proxy";
            case HttpTimeoutException timeout -> "the server did not answer in time";
            case ConnectException refused
            when refused.getCause() instanceof UnresolvedAddressException ->
                "the host name is unknown; check the network";
            case ConnectException refused ->
                "no connection" + (refused.getMessage() == null ? "" : " (" + refused.getMessage() + ")")
                        + "; check the network";
            case UnknownHostException unknown -> "the host name is unknown; check the network";
            case SSLException tls ->
                "the secure connection failed (" + tls.getMessage()
                        + "); behind a proxy that inspects it, pass its certificate with -Djavax.net.ssl.trustStore";
            default -> e.getMessage() == null ? e.getClass().getSimpleName() : e.getMessage();
        };
    }

    /** An answer that trying again will not change. */
    static ModelSourceException status(int status, String what, URI from) {
        String cause = switch (status) {
            case 401 ->
                "the server asks who you are (401). Set HF_TOKEN to a token of the hub, or put the index's user and password in its address.";
            case 403 ->
                "access is refused (403). If the model is gated, accept its terms on its page, and use a token that may read it.";
            case 404 ->
                "it is not there (404). Check the name, the revision and the file; a private repository needs a token.";
            default -> "the server answered %d.".formatted(status);
        };
        return new ModelSourceException("%s cannot be had from %s: %s".formatted(what, from, cause));
    }
}
