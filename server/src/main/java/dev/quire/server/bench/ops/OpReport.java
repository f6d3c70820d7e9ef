package dev.quire.server.bench.ops;

import dev.quire.api.program.Op;
import dev.quire.server.bench.Contender;
import dev.quire.server.bench.limits.Limits;
import dev.quire.server.bench.measure.Runs;
import dev.quire.server.bench.report.Column;
import dev.quire.server.bench.report.Plot;
import dev.quire.server.bench.report.Table;
import dev.quire.server.bench.step.OpCost;
import java.util.ArrayList;
import java.util.List;

/**
 * Ops as tables.
 *
 * @param contenders in the order of the figures; the first is the one that others are compared with
 * @param limits of each
 */
public record OpReport(List<Contender> contenders, List<Limits> limits) {
    /** Each kind of op on each contender, and the whole step. */
    public Table table(OpFigures figures) {
        List<Column> columns = new ArrayList<>(List.of(
                Column.text("op", "op"),
                Column.text("role", "of"),
                Column.text("shape", "shape"),
                Column.number("count", "count", 0),
                new Column("bytes", "MB", 1e-6, 2),
                new Column("flops", "MFLOP", 1e-6, 1)));
        for (int i = 0; i < contenders.size(); i++) {
            String name = contenders.get(i).name();
            columns.add(Column.millis(name + "_seconds", name + " ms"));
            columns.add(Column.percent(name + "_spread", "spread %"));
            columns.add(Column.percent(name + "_of_roofline", "of roofline %"));
            columns.add(Column.percent(name + "_of_ops", "of ops %"));
            if (i > 0) {
                columns.add(Column.number(name + "_speed", name + " speed", 2));
            }
        }
        String key = figures.step().name().replaceAll("[^a-z0-9]+", "_");
        Table table = new Table(key, figures.step().name(), columns, List.of());
        for (OpFigures.Line line : figures.lines()) {
            table = table.with(row(figures, line).toArray());
        }
        return table.with(whole(figures).toArray());
    }

    private List<Object> row(OpFigures figures, OpFigures.Line line) {
        OpGroup group = line.group();
        List<Object> row = new ArrayList<>(List.of(
                group.first().kind(),
                group.role(),
                group.shape(),
                group.ops().size(),
                line.cost().bytes(),
                line.cost().operations()));
        for (int i = 0; i < contenders.size(); i++) {
            double least = limits.get(i)
                    .seconds(
                            line.cost().bytes(),
                            line.cost().operations(),
                            line.cost().products());
            row.add(line.seconds(i));
            row.add(line.spread(i));
            row.add(least / line.seconds(i));
            row.add(line.seconds(i) / figures.sum(i));
            if (i > 0) {
                row.add(line.seconds(0) / line.seconds(i));
            }
        }
        return row;
    }

    /** The forward step as it is served: fused ops take less than they do one by one. */
    private List<Object> whole(OpFigures figures) {
        List<OpCost> costs = figures.lines().stream()
                .filter(line -> !(line.group().first() instanceof Op.Sample))
                .map(OpFigures.Line::cost)
                .toList();
        double bytes = costs.stream().mapToDouble(OpCost::bytes).sum();
        double operations = costs.stream().mapToDouble(OpCost::operations).sum();
        List<Object> row = new ArrayList<>(List.of("step", "as served, without Sample", "", 1, bytes, operations));
        for (int i = 0; i < contenders.size(); i++) {
            double seconds = figures.whole().get(i).map(Runs::median).orElse(Double.NaN);
            row.add(seconds);
            row.add(figures.whole().get(i).map(Runs::spread).orElse(Double.NaN));
            row.add(least(costs, bytes, limits.get(i)) / seconds);
            row.add(seconds / figures.sum(i));
            if (i > 0) {
                row.add(figures.whole().getFirst().map(Runs::median).orElse(Double.NaN) / seconds);
            }
        }
        return row;
    }

    /** A step's bytes and its arithmetic might all overlap, whatever op they belong to. */
    private static double least(List<OpCost> costs, double bytes, Limits limits) {
        double arithmetic = costs.stream()
                .mapToDouble(cost -> limits.seconds(0, cost.operations(), cost.products()))
                .sum();
        return Math.max(limits.seconds(bytes, 0, Limits.Products.BF16), arithmetic);
    }

    /** How a step's time is spread over its ops, for each contender. */
    public List<Plot> plots(OpFigures figures) {
        List<Plot> plots = new ArrayList<>();
        for (int i = 0; i < contenders.size(); i++) {
            int index = i;
            List<Plot.Bar> bars = figures.lines().stream()
                    .filter(line -> !Double.isNaN(line.seconds(index)))
                    .map(line -> new Plot.Bar(
                            "%s %s"
                                    .formatted(
                                            line.group().first().kind(),
                                            line.group().role()),
                            line.seconds(index) * 1e3))
                    .toList();
            plots.add(new Plot.Bars(
                    "%s on %s"
                            .formatted(figures.step().name(), contenders.get(i).name()),
                    "ms",
                    bars));
        }
        return plots;
    }
}
