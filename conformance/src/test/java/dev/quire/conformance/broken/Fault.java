package dev.quire.conformance.broken;

import dev.quire.api.AttentionBackend;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.bits.BitsBackend;
import dev.quire.conformance.bits.Canon;
import dev.quire.conformance.definition.KitBackends;
import java.util.Set;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/**
 * One deliberate mistake.
 *
 * @param name what the backend does wrong, in words
 * @param rule the number of RULES.md that it breaks, which the kit must name
 * @param cases how names of cases begin that could show it
 * @param modes the numerics in which it is a mistake
 * @param backend makes a backend of a mode with this mistake and no other
 */
record Fault(
        String name, String rule, String cases, Set<Numerics> modes, Function<Numerics, AttentionBackend> backend) {
    /** In both modes, around the interpreter that defines each. */
    static Fault of(String name, String rule, String cases, UnaryOperator<AttentionBackend> broken) {
        return new Fault(
                name,
                rule,
                cases,
                Set.of(Numerics.values()),
                numerics -> broken.apply(KitBackends.definition(numerics)));
    }

    /** The same mistake, in one mode only. */
    Fault only(Numerics numerics) {
        return new Fault(name, rule, cases, Set.of(numerics), backend);
    }

    /** In the arithmetic of REPRODUCIBLE numerics. */
    static Fault of(String name, String rule, String cases, Canon canon) {
        return new Fault(name, rule, cases, Set.of(Numerics.REPRODUCIBLE), numerics -> new BitsBackend(canon));
    }

    @Override
    public String toString() {
        return "%s (%s)".formatted(name, rule);
    }
}
