package dev.quire.kernels.portable;

import dev.quire.api.program.Op;
import java.util.List;

/** Neighbouring ops of a program that are launched together where a step allows it, and else one after another. */
sealed interface Stage {
    /** The ops, in the program's order. */
    List<Op> ops();

    /** An op by itself. */
    record Single(Op op) implements Stage {
        @Override
        public List<Op> ops() {
            return List.of(op);
        }
    }

    /** Two or three layers that read the same x. Together where x has one row, or on tensor cores few. */
    record Siblings(List<Op.Linear> linears) implements Stage {
        public Siblings {
            linears = List.copyOf(linears);
        }

        @Override
        public List<Op> ops() {
            return List.copyOf(linears);
        }
    }

    /** The first half of a gated MLP, whose gate and up nothing else reads. Together where x has one row, or on tensor cores few. */
    record GatedLinears(Op.Linear gate, Op.Linear up, Op.Gated gated) implements Stage {
        @Override
        public List<Op> ops() {
            return List.of(gate, up, gated);
        }
    }

    /** A layer and the activation of its output, which nothing else reads. Together where x has few rows. */
    record ActivatedLinear(Op.Linear linear, Op.Activate activate) implements Stage {
        @Override
        public List<Op> ops() {
            return List.of(linear, activate);
        }
    }

    /** A residual and the norm of whole rows of it. */
    record AddNorm(Op.Add add, Op.RmsNorm norm) implements Stage {
        @Override
        public List<Op> ops() {
            return List.of(add, norm);
        }
    }

    /** Queries and keys rotated in the same way, and keys written that nothing else reads. */
    record RotateWrite(Op.Rope queries, Op.Rope keys, Op.WriteKv write) implements Stage {
        @Override
        public List<Op> ops() {
            return List.of(queries, keys, write);
        }
    }
}
