package dev.quire.server.openai;

import dev.quire.core.request.TextEvent;
import dev.quire.server.contract.ApiException;

/** Where the events of a request go: one HTTP response. Used on its Vert.x context. */
interface Answer {
    /** An event of prompt {@code prompt}; no refusal and no failure. */
    void accept(int prompt, TextEvent event);

    /** Every prompt has completed. */
    void complete();

    /** Ends the answer with an error: as a status while nothing has been sent, else as the last event. */
    void fail(ApiException failure);

    /** Whether the client reads too slowly for the answer to go on. */
    boolean overrun();
}
