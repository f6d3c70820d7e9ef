package dev.quire.server.bench.step;

import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.server.bench.Contender;
import dev.quire.server.bench.limits.Limits;
import dev.quire.server.bench.measure.Runs;
import dev.quire.server.bench.report.Cell;
import dev.quire.server.bench.report.Column;
import dev.quire.server.bench.report.Plot;
import dev.quire.server.bench.report.Table;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/** Whole steps as a table: each contender's time, its share of the limit, and its speed beside the first one's. */
public final class StepReport {
    private final List<Contender> contenders;
    private final List<Limits> limits;
    private final Program forward;
    private final KvCacheLayout cache;
    private Table table;

    /**
     * @param limits of each contender
     * @param cache layout of the model's
     */
    public StepReport(List<Contender> contenders, List<Limits> limits, Program forward, KvCacheLayout cache) {
        this.contenders = contenders;
        this.limits = limits;
        this.forward = forward;
        this.cache = cache;
        List<Column> columns = new ArrayList<>(List.of(Column.text("step", "step")));
        for (int i = 0; i < contenders.size(); i++) {
            String name = contenders.get(i).name();
            columns.add(Column.millis(name + "_seconds", name + " ms"));
            columns.add(Column.percent(name + "_spread", "spread %"));
            columns.add(Column.number(name + "_tokens_per_second", "tokens/s", 0));
            columns.add(Column.percent(name + "_of_limit", "of limit %"));
            columns.add(Column.percent(name + "_of_weights_limit", "of weights' %"));
            if (i > 0) {
                columns.add(Column.number(name + "_speed", name + " speed", 2));
            }
        }
        table = new Table(
                "steps", "steps; speeds are beside " + contenders.getFirst().name() + "'s", columns, List.of());
    }

    /** Adds what a step took on each contender. */
    public void add(StepShape step, List<Runs> runs) {
        List<Object> row = new ArrayList<>(List.of(step.name()));
        for (int i = 0; i < contenders.size(); i++) {
            double seconds = runs.get(i).median();
            row.add(seconds);
            row.add(runs.get(i).spread());
            row.add(step.tokens() / seconds);
            row.add(least(step, limits.get(i), _ -> true) / seconds);
            row.add(least(step, limits.get(i), Op.Linear.class::isInstance) / seconds);
            if (i > 0) {
                row.add(runs.getFirst().median() / seconds);
            }
        }
        table = table.with(row.toArray());
    }

    /** The larger of what memory needs for weights, keys and values, of those ops that count, and what arithmetic needs for their products. */
    private double least(StepShape step, Limits limit, Predicate<Op> counts) {
        OpCosts costs = new OpCosts(step, cache);
        List<OpCost> all =
                forward.ops().stream().filter(counts).map(costs::leastOf).toList();
        double bytes = all.stream().mapToDouble(OpCost::bytes).sum();
        double arithmetic = all.stream()
                .mapToDouble(cost -> limit.seconds(0, cost.operations(), cost.products()))
                .sum();
        return Math.max(limit.seconds(bytes, 0, Limits.Products.BF16), arithmetic);
    }

    /** All steps added so far. */
    public Table table() {
        return table;
    }

    /** Tokens per second of each step, a plot for each contender. */
    public List<Plot> plots() {
        List<Plot> plots = new ArrayList<>();
        for (Contender contender : contenders) {
            String key = contender.name() + "_tokens_per_second";
            int column = table.columns().stream().map(Column::key).toList().indexOf(key);
            List<Plot.Bar> bars = table.rows().stream()
                    .map(row ->
                            new Plot.Bar(((Cell.Text) row.getFirst()).text(), ((Cell.Figure) row.get(column)).value()))
                    .toList();
            plots.add(new Plot.Bars("speed of " + contender.name(), "tokens/s", bars));
        }
        return plots;
    }
}
