package dev.quire.conformance.broken;

import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.SamplingRow.Adjustments;
import java.util.OptionalInt;

/** Sampling rows that differ from another in one thing. */
record RowCopy(SamplingRow r) {
    SamplingRow temperature(float value) {
        return of(value, r.topK(), r.topP(), r.minP(), r.key(), r.counter(), r.forced(), r.adjustments());
    }

    SamplingRow topK(int value) {
        return of(r.temperature(), value, r.topP(), r.minP(), r.key(), r.counter(), r.forced(), r.adjustments());
    }

    SamplingRow topP(float value) {
        return of(r.temperature(), r.topK(), value, r.minP(), r.key(), r.counter(), r.forced(), r.adjustments());
    }

    SamplingRow minP(float value) {
        return of(r.temperature(), r.topK(), r.topP(), value, r.key(), r.counter(), r.forced(), r.adjustments());
    }

    SamplingRow draw(long key, long counter) {
        return of(r.temperature(), r.topK(), r.topP(), r.minP(), key, counter, r.forced(), r.adjustments());
    }

    SamplingRow free() {
        return of(
                r.temperature(),
                r.topK(),
                r.topP(),
                r.minP(),
                r.key(),
                r.counter(),
                OptionalInt.empty(),
                r.adjustments());
    }

    SamplingRow adjustments(Adjustments value) {
        return of(r.temperature(), r.topK(), r.topP(), r.minP(), r.key(), r.counter(), r.forced(), value);
    }

    private SamplingRow of(
            float temperature,
            int topK,
            float topP,
            float minP,
            long key,
            long counter,
            OptionalInt forced,
            Adjustments adjustments) {
        return new SamplingRow(temperature, topK, topP, minP, key, counter, forced, r.topLogprobs(), adjustments);
    }
}
