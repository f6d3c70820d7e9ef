package dev.quire.core.engine;

import dev.quire.core.sampling.History;
import dev.quire.core.sampling.Sampler;
import dev.quire.core.scheduler.Sequence;

/** One of a request's choices on the engine thread: its sequence, its sampler and whether it still delivers. */
final class Choice implements History {
    final ActiveRequest request;
    final Sequence sequence;
    final Sampler sampler;
    boolean ended;

    Choice(ActiveRequest request, Sequence sequence, Sampler sampler) {
        this.request = request;
        this.sequence = sequence;
        this.sampler = sampler;
    }

    int index() {
        return sequence.choice();
    }

    @Override
    public int length() {
        return sequence.length();
    }

    @Override
    public int token(int position) {
        return sequence.token(position);
    }
}
