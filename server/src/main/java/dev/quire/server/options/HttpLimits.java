package dev.quire.server.options;

import java.util.List;

/**
 * What a client may send and leave unread.
 *
 * @param bodyBytes largest request body; larger ones are answered with 413
 * @param headBytes largest request line and headers together; larger ones are answered with 431
 * @param headerCount most headers of a request
 * @param unreadTokens tokens of a stream that wait for a slow reader before its generation is cancelled
 */
public record HttpLimits(int bodyBytes, int headBytes, int headerCount, int unreadTokens) {
    static final Option<Long> MAX_BODY_BYTES = Option.of(
                    "max-body-bytes",
                    OptionType.BYTES,
                    "Largest request body; larger ones are answered with status 413.")
            .defaults("4MiB")
            .require(HttpLimits::fits, "1 to 1GiB");
    static final Option<Long> MAX_HEAD_BYTES = Option.of(
                    "h11-max-incomplete-event-size",
                    OptionType.BYTES,
                    "Largest request line and headers; larger ones are answered with status 431.")
            .defaults("4MiB")
            .require(HttpLimits::fits, "1 to 1GiB");
    static final Option<Integer> MAX_HEADER_COUNT = Option.of(
                    "h11-max-header-count",
                    OptionType.INTEGER,
                    "Most headers of a request; more are answered with status 431.")
            .defaults("256")
            .require(count -> count > 0, "at least 1");
    static final Option<Integer> MAX_UNREAD_TOKENS = Option.of(
                    "max-unread-tokens",
                    OptionType.INTEGER,
                    "Tokens of a stream that wait for a client that does not read. Beyond that the generation is"
                            + " cancelled and the connection closed.")
            .defaults("4096")
            .require(count -> count > 0, "at least 1");

    static final List<Option<?>> OPTIONS = List.of(MAX_BODY_BYTES, MAX_HEAD_BYTES, MAX_HEADER_COUNT, MAX_UNREAD_TOKENS);

    static HttpLimits of(OptionValues values) {
        return new HttpLimits(
                values.get(MAX_BODY_BYTES).intValue(),
                values.get(MAX_HEAD_BYTES).intValue(),
                values.get(MAX_HEADER_COUNT),
                values.get(MAX_UNREAD_TOKENS));
    }

    private static boolean fits(long bytes) {
        return bytes >= 1 && bytes <= 1 << 30;
    }
}
