package dev.quire.core.engine;

/** A request in flight. */
public interface Generation {
    /** The request's id. */
    String id();

    /** Ends the request, also while it waits; its blocks are freed with the next completed step. May be called from any thread, any number of times. */
    void cancel();

    /** Ends one choice. */
    void cancelChoice(int choice);
}
