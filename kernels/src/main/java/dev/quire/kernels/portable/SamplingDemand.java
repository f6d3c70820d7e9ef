package dev.quire.kernels.portable;

import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.StepBatch;
import java.util.List;

/**
 * What any row of a step asks of sampling, so that launches that none needs are left out.
 *
 * @param draws whether a row draws its token; no row is cut where none does
 * @param topK whether top-k cuts one
 * @param topP whether top-p does
 * @param logprobs whether a row asks for log-probabilities
 */
record SamplingDemand(boolean draws, boolean topK, boolean topP, boolean logprobs) {
    static final SamplingDemand NONE = new SamplingDemand(false, false, false, false);

    static SamplingDemand of(StepBatch batch) {
        List<SamplingRow> drawing = batch.sampling().stream()
                .filter(row -> row.temperature() != 0 && row.forced().isEmpty())
                .toList();
        return new SamplingDemand(
                !drawing.isEmpty(),
                drawing.stream().anyMatch(row -> row.topK() > 0),
                drawing.stream().anyMatch(row -> row.topP() < 1),
                batch.sampling().stream().anyMatch(row -> row.topLogprobs() >= 0));
    }
}
