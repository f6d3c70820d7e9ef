package dev.quire.core.request;

/**
 * Why a request was not taken.
 *
 * @param kind what a server makes a status code of
 * @param message value, cause and fix
 */
public record Refusal(Kind kind, String message) {
    /** The classes of refusals. */
    public enum Kind {
        /** The request contradicts itself or the model. */
        INVALID,
        /** The prompt and the tokens asked for exceed the context or the cache. */
        TOO_LONG,
        /** The queue is full: try later. */
        OVERLOADED,
        /** The engine is draining or has failed. */
        UNAVAILABLE
    }
}
