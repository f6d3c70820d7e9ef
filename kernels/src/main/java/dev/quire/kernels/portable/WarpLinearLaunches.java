package dev.quire.kernels.portable;

import static dev.quire.kernels.portable.Argument.NOWHERE;
import static dev.quire.kernels.portable.Argument.of;

import dev.quire.api.program.Activation;
import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.types.WeightFormat;
import dev.quire.kernels.KernelName;
import dev.quire.kernels.portable.WeightImage.Form;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Launches of linear layers on tensor cores, in FAST: x is rounded to bf16, by the kernel where there are few rows; matrices stay as they are stored and are decoded in registers. */
final class WarpLinearLaunches {
    /** Formats whose codes are exact in bf16. */
    static final Set<WeightFormat> FORMATS = Set.of(
            WeightFormat.BF16,
            WeightFormat.Q8_0,
            WeightFormat.Q4_0,
            WeightFormat.Q4_1,
            WeightFormat.Q4_K,
            WeightFormat.Q6_K,
            WeightFormat.INT8,
            WeightFormat.INT4_G32,
            WeightFormat.INT4_G64,
            WeightFormat.INT4_G128);
    /** Elements of a row that are multiplied at once. */
    private static final int CHUNK = 32;

    private static final int FEW_GROUP = Constants.FEW_WARPS * Constants.LANES;
    /** Matrices that a launch of few rows may multiply beside each other. */
    private static final int MOST_TOGETHER = 3;

    private WarpLinearLaunches() {}

    /** Whether a layer suits them. */
    static boolean suit(Op.Linear o, KernelChoice choice) {
        return choice.tensorCores() && FORMATS.contains(o.weight().format()) && o.x().width() % CHUNK == 0;
    }

    /** Kernels for matrices of a format that suits. */
    static List<String> kernels(WeightFormat format) {
        return List.of(name("linear_few", format), name("gated_few", format), name("linear_many", format));
    }

    static void plan(Op.Linear o, StepFrame step) {
        if (step.rows(o.x()) <= Constants.FEW_ROWS) {
            together(List.of(o), step);
        } else {
            many(o, step);
        }
    }

    /** A layer of few rows and the activation of what it gives. */
    static void activated(Op.Linear o, Op.Activate activate, StepFrame step) {
        few(List.of(new Product(o, activate.out())), Optional.of(activate.activation()), step);
    }

    /** Up to three layers of few rows that read the same x, of matrices of one format. */
    static void together(List<Op.Linear> linears, StepFrame step) {
        few(linears.stream().map(o -> new Product(o, o.out())).toList(), Optional.empty(), step);
    }

    /** The first half of a gated MLP of few rows. */
    static void gated(Stage.GatedLinears o, StepFrame step) {
        Op.Linear gate = o.gate();
        step.launch(
                name("gated_few", gate.weight().format()),
                groups(gate, step),
                FEW_GROUP,
                step.at(gate.x()),
                OpLaunches.image(gate.weight(), Form.STORED),
                OpLaunches.image(o.up().weight(), Form.STORED),
                step.at(o.gated().out()),
                of(step.rows(gate.x())),
                of(gate.out().width()),
                of(gate.x().width()),
                of(WeightImage.rowBytes(gate.weight())),
                of(o.gated().activation().ordinal()));
    }

    /** A layer and where what becomes of it goes. */
    private record Product(Op.Linear layer, Value out) {}

    private static void few(List<Product> products, Optional<Activation> activation, StepFrame step) {
        Op.Linear first = products.getFirst().layer();
        List<Argument> arguments = new ArrayList<>(List.of(step.at(first.x())));
        each(products, product -> OpLaunches.image(product.layer().weight(), Form.STORED), NOWHERE, arguments);
        each(products, product -> OpLaunches.vector(product.layer().bias()), NOWHERE, arguments);
        each(products, product -> step.at(product.out()), NOWHERE, arguments);
        each(products, product -> of(product.out().width()), of(0), arguments);
        arguments.addAll(List.of(
                of(step.rows(first.x())),
                of(first.x().width()),
                of(WeightImage.rowBytes(first.weight())),
                OpLaunches.flag(activation.isPresent()),
                of(activation.map(Activation::ordinal).orElse(0))));
        int groups = products.stream()
                .mapToInt(product -> groups(product.layer(), step))
                .sum();
        step.launch(name("linear_few", first.weight().format()), groups, FEW_GROUP, arguments.toArray(Argument[]::new));
    }

    /** An argument for each product, and another for each that there is not. */
    private static void each(
            List<Product> products, Function<Product, Argument> of, Argument otherwise, List<Argument> arguments) {
        for (int i = 0; i < MOST_TOGETHER; i++) {
            arguments.add(i < products.size() ? of.apply(products.get(i)) : otherwise);
        }
    }

    private static int groups(Op.Linear o, StepFrame step) {
        return step.rows(o.x()) == 0 ? 0 : Math.ceilDiv(o.out().width(), Constants.FEW_COLUMNS);
    }

    private static void many(Op.Linear o, StepFrame step) {
        int rows = step.rows(o.x());
        int columns = Math.ceilDiv(o.out().width(), Constants.MANY_WARPS * Constants.MANY_COLUMNS);
        step.launch(
                name("linear_many", o.weight().format()),
                Math.multiplyExact(columns, Math.ceilDiv(rows, Constants.MANY_ROWS)),
                Constants.MANY_WARPS * Constants.LANES,
                Rounding.SHORTS.image(o.x(), step),
                OpLaunches.image(o.weight(), Form.STORED),
                OpLaunches.vector(o.bias()),
                step.at(o.out()),
                of(rows),
                of(o.out().width()),
                of(o.x().width()),
                of(WeightImage.rowBytes(o.weight())),
                OpLaunches.flag(o.bias().isPresent()));
    }

    private static String name(String function, WeightFormat format) {
        return new KernelName(function, Map.of("FORMAT", "FORMAT_" + format)).toString();
    }
}
