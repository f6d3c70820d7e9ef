package dev.quire.core.model.architecture;

import dev.quire.api.program.Value;
import dev.quire.core.model.ProgramBuilder;

/**
 * Root mean square norm (Zhang and Sennrich 2019) as one model uses it everywhere.
 *
 * @param eps added to the mean square
 * @param offset added to the weights, for families that store what they add to 1
 */
record Norm(double eps, double offset) {
    /** Over whole rows. */
    Value write(ProgramBuilder p, String name, Value x, String module) {
        return p.rmsNorm(name, x, module, eps, x.width(), offset);
    }

    /** Over each head on its own, with one weight for all heads. */
    Value writePerHead(ProgramBuilder p, String name, Value x, String module, int headSize) {
        return p.rmsNorm(name, x, module, eps, headSize, offset);
    }
}
