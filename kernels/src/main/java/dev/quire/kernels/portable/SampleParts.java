package dev.quire.kernels.portable;

import static dev.quire.kernels.portable.Argument.of;

import dev.quire.api.program.Op;
import java.util.List;

/**
 * Sampling with several work-groups a row, launch after launch, where rows are few and the vocabulary is large ({@code include/sample_parts.h} and
 * {@code logprobs_parts.h}).
 */
final class SampleParts {
    static final String PARTIALS = "slices";
    /** Where a work-item is a whole vector unit, which is a processor's core and has no need of them, these are not built. */
    static final List<String> KERNELS = List.of(
            "sample_adjust",
            "sample_masses",
            "sample_refine",
            "sample_drop",
            "sample_draw",
            "logprobs_tops",
            "logprobs_weights",
            "logprobs_merge");

    /** Work-groups that keep a GPU busy, all rows together. */
    private static final int MOST = 512;
    /** Tokens of a slice that are worth a work-group. */
    private static final int LEAST_TOKENS = 4096;

    private static final int DIGIT = 3;
    private static final int BITS = 30;
    private static final int TOP_K = 0;
    private static final int TOP_P = 1;

    private SampleParts() {}

    /** Slices of each row; 1 where a row has one work-group. */
    static int parts(int rows, int vocabulary, WorkItem workItem) {
        boolean worth = workItem.slicesRows() && rows > 0 && rows == SampleLaunches.groups(rows, workItem);
        int most = worth ? Math.min(MOST / rows, Constants.SAMPLE_GROUP) : 1; // a work-item reads what a slice leaves
        return Math.max(1, Math.min(most, vocabulary / LEAST_TOKENS));
    }

    /** Bytes of what slices find, for any number of rows. */
    static long bytes(Op.Sample o, WorkItem workItem) {
        int words = Math.max(Constants.PART_WORDS, o.topIds().width() + 1);
        return parts(1, o.logits().width(), workItem) == 1 ? 0 : (long) MOST * words * Long.BYTES;
    }

    /** @param records where the rows' records begin */
    static void plan(int index, Op.Sample o, int parts, Argument records, StepFrame step) {
        int groups = step.batch().logitRowCount() * parts;
        SamplingDemand demand = SamplingDemand.of(step.batch());
        Argument scratch = step.at(new Tenant.Scratch(index, SampleLaunches.ADJUSTED));
        Argument partials = step.at(new Tenant.Scratch(index, PARTIALS));
        Argument words = Argument.at(Region.WORDS);
        Argument vocabulary = of(o.logits().width());
        Argument slices = of(parts);
        launch(
                "sample_adjust",
                groups,
                step,
                step.at(o.logits()),
                scratch,
                partials,
                words,
                records,
                vocabulary,
                slices);
        if (demand.draws()) {
            Argument last = OpLaunches.flag(!demand.topK() && !demand.topP());
            launch("sample_masses", groups, step, scratch, partials, words, records, vocabulary, slices, last);
        }
        for (int which = TOP_K; which <= TOP_P; which++) {
            if (which == TOP_K ? demand.topK() : demand.topP()) {
                for (int bit = BITS - DIGIT; bit >= 0; bit -= DIGIT) {
                    launch(
                            "sample_refine",
                            groups,
                            step,
                            scratch,
                            partials,
                            words,
                            records,
                            vocabulary,
                            slices,
                            of(which),
                            of(bit));
                }
                Argument last = OpLaunches.flag(which == TOP_P || !demand.topP());
                launch(
                        "sample_drop",
                        groups,
                        step,
                        scratch,
                        partials,
                        words,
                        records,
                        vocabulary,
                        slices,
                        of(which),
                        last);
            }
        }
        launch("sample_draw", groups, step, scratch, partials, words, records, step.at(o.tokens()), vocabulary, slices);
        if (demand.logprobs()) {
            planLogprobs(index, o, parts, records, step);
        }
    }

    /** Behind the tokens, whose slices have left the scratch. */
    private static void planLogprobs(int index, Op.Sample o, int parts, Argument records, StepFrame step) {
        int rows = step.batch().logitRowCount();
        Argument logits = step.at(o.logits());
        Argument tokens = step.at(o.tokens());
        Argument scratch = step.at(new Tenant.Scratch(index, SampleLaunches.ADJUSTED));
        Argument partials = step.at(new Tenant.Scratch(index, PARTIALS));
        Argument words = Argument.at(Region.WORDS);
        Argument vocabulary = of(o.logits().width());
        Argument slices = of(parts);
        Argument width = of(o.topIds().width());
        launch("logprobs_tops", rows * parts, step, logits, partials, words, records, vocabulary, slices, width);
        launch(
                "logprobs_weights",
                rows * parts,
                step,
                logits,
                scratch,
                partials,
                words,
                records,
                tokens,
                vocabulary,
                slices,
                width);
        launch(
                "logprobs_merge",
                rows,
                step,
                logits,
                scratch,
                partials,
                words,
                records,
                tokens,
                step.at(o.ranks()),
                step.at(o.topIds()),
                step.at(o.topLogprobs()),
                vocabulary,
                slices,
                width);
    }

    private static void launch(String kernel, int groups, StepFrame step, Argument... arguments) {
        step.launch(kernel, groups, Constants.SAMPLE_GROUP, arguments);
    }
}
