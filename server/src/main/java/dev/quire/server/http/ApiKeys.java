package dev.quire.server.http;

import dev.quire.server.contract.ApiException;
import io.vertx.ext.web.RoutingContext;
import io.vertx.ext.web.handler.SecurityPolicyHandler;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.List;
import java.util.Set;

/** Lets requests pass that bring one of the keys. How long that takes does not tell how much of a key was right. */
final class ApiKeys implements SecurityPolicyHandler {
    private static final Set<String> OPEN = Set.of("/health", "/ping", "/version", "/metrics", "/openapi.yaml");
    private static final String SCHEME = "bearer ";

    private final List<byte[]> digests;

    /** @param keys empty for an open server */
    ApiKeys(List<String> keys) {
        this.digests = keys.stream().map(ApiKeys::digest).toList();
    }

    @Override
    public void handle(RoutingContext context) {
        if (digests.isEmpty() || OPEN.contains(context.normalizedPath()) || brings(context)) {
            context.next();
            return;
        }
        throw ApiException.of(
                ApiException.Kind.UNAUTHORIZED,
                "The request brings no valid API key; send one as `Authorization: Bearer KEY`.");
    }

    private boolean brings(RoutingContext context) {
        String header = context.request().getHeader("Authorization");
        if (header == null || !header.regionMatches(true, 0, SCHEME, 0, SCHEME.length())) {
            return false;
        }
        byte[] given = digest(header.substring(SCHEME.length()).strip());
        boolean known = false;
        for (byte[] key : digests) {
            known |= MessageDigest.isEqual(key, given);
        }
        return known;
    }

    /** Digests are of equal length, so that comparing them does not tell a key's length either. */
    private static byte[] digest(String key) {
        try {
            return MessageDigest.getInstance("SHA-256").digest(key.getBytes(StandardCharsets.UTF_8));
        } catch (java.security.NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JVM has SHA-256", e);
        }
    }
}
