package dev.quire.server.bench.streams;

/**
 * A trace that has run once each way.
 *
 * @param engine seconds through the engine alone
 * @param streams seconds as streams over HTTP
 * @param client processor seconds of the client in the latter
 */
public record StreamsRound(double engine, double streams, double client) {
    /** By how much streams take longer, as a part of the engine's time. */
    double cost() {
        return streams / engine - 1;
    }

    /**
     * The same without the client, which takes its time from the backend's threads.
     *
     * @param processors that client, server and backend share
     */
    double costWithoutClient(int processors) {
        return (streams - client / processors) / engine - 1;
    }
}
