package dev.quire.backends.cpu.sampling;

import dev.quire.api.memory.Buffer;
import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.step.SamplingRow;
import dev.quire.api.step.StepBatch;
import dev.quire.backends.cpu.elementwise.Matrix;
import dev.quire.backends.cpu.threads.WorkerPool;
import java.lang.foreign.ValueLayout;
import java.util.function.Function;

/** Samples the rows of a step, a row per worker at a time. */
public final class CpuSampler {
    private final Op.Sample op;
    private RowSampler[] samplers = new RowSampler[0];

    public CpuSampler(Op.Sample op) {
        this.op = op;
    }

    /** @param buffers where the op's outputs go */
    public void run(Matrix logits, StepBatch batch, Function<Value, Buffer> buffers, WorkerPool pool) {
        if (samplers.length == 0) {
            samplers = new RowSampler[pool.threads()];
            for (int worker = 0; worker < samplers.length; worker++) {
                samplers[worker] =
                        new RowSampler(op.logits().width(), op.topIds().width() - 1);
            }
        }
        Buffer tokens = buffers.apply(op.tokens());
        Buffer ranks = buffers.apply(op.ranks());
        Buffer topIds = buffers.apply(op.topIds());
        Buffer topLogprobs = buffers.apply(op.topLogprobs());
        pool.parallel(batch.logitRowCount(), (r, worker) -> {
            SamplingRow row = batch.sampling().get(r);
            RowSampler sampler = samplers[worker];
            int at = batch.logitRows()[r];
            int token = sampler.token(row, logits, at);
            tokens.memory().setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, r, token);
            if (row.topLogprobs() >= 0) {
                RowSampler.Report report = sampler.report(row, logits, at, token);
                ranks.memory().setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, r, report.rank());
                write(r, token, report, sampler.top(), topIds, topLogprobs);
            }
        });
    }

    private static void write(
            int r, int token, RowSampler.Report report, TopTokens top, Buffer topIds, Buffer topLogprobs) {
        long at = (long) r * topIds.width();
        topIds.memory().setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, at, token);
        topLogprobs.memory().setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, at, report.logprob(report.logit()));
        for (int i = 0; i < top.size(); i++) {
            float logprob = report.logprob(top.value(i));
            topIds.memory().setAtIndex(ValueLayout.JAVA_INT_UNALIGNED, at + 1 + i, top.id(i));
            topLogprobs.memory().setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, at + 1 + i, logprob);
        }
    }
}
