package dev.quire.kernels.portable;

import static dev.quire.kernels.portable.Argument.of;

import dev.quire.api.program.Op;

/** Launches that choose tokens and report log-probabilities. */
final class SampleLaunches {
    static final String ADJUSTED = "adjusted logits";
    /** Rows that are worked on at a time, each with scratch of its own. */
    private static final int MOST_GROUPS = 32;
    /** The same where a row is small beside all memory, and fewer groups would leave most of a GPU idle. */
    private static final int MOST_GROUPS_OF_GPUS = 128;

    private SampleLaunches() {}

    /** Rows of {@code rows} that are worked on at a time. */
    static int groups(int rows, WorkItem workItem) {
        return Math.min(rows, workItem.slicesRows() ? MOST_GROUPS_OF_GPUS : MOST_GROUPS);
    }

    static void plan(int index, Op.Sample o, WorkItem workItem, StepFrame step) {
        int rows = step.batch().logitRowCount();
        int groups = groups(rows, workItem);
        int parts = SampleParts.parts(rows, o.logits().width(), workItem);
        Argument records = of(step.words().append(step.batch(), SamplingWords::append));
        Argument vocabulary = of(o.logits().width());
        Argument scratch = step.at(new Tenant.Scratch(index, ADJUSTED));
        if (parts > 1) {
            SampleParts.plan(index, o, parts, records, step);
            return;
        }
        step.launch(
                "sample",
                groups,
                Constants.SAMPLE_GROUP,
                step.at(o.logits()),
                scratch,
                Argument.at(Region.WORDS),
                records,
                step.at(o.tokens()),
                of(rows),
                vocabulary);
        step.launch(
                "logprobs",
                groups,
                Constants.SAMPLE_GROUP,
                step.at(o.logits()),
                scratch,
                Argument.at(Region.WORDS),
                records,
                step.at(o.tokens()),
                step.at(o.ranks()),
                step.at(o.topIds()),
                step.at(o.topLogprobs()),
                of(rows),
                vocabulary,
                of(o.topIds().width()));
    }
}
