package dev.quire.conformance.metamorphic;

import dev.quire.api.AttentionBackend;
import dev.quire.api.placement.HybridBackend;
import dev.quire.api.placement.ProgramPlacement;
import dev.quire.api.placement.Runner;
import dev.quire.api.program.Program;
import dev.quire.api.types.Numerics;
import dev.quire.conformance.cases.CaseContext;
import dev.quire.conformance.definition.KitBackends;
import java.util.List;
import java.util.Optional;

/** The backend under test; where it refuses ops of a whole model other than attention, the kit's interpreter runs those. */
final class PartlyOwn {
    private PartlyOwn() {}

    static AttentionBackend open(CaseContext context, Program program) {
        AttentionBackend own = context.open().get();
        Numerics numerics = context.numerics();
        AttentionBackend kit = KitBackends.definition(numerics);
        ProgramPlacement placement = ProgramPlacement.of(program, own, Optional.of(kit), numerics);
        boolean attends = placement.ops().stream()
                .filter(placed -> placed.op().cache().isPresent())
                .allMatch(placed -> placed.runner() == Runner.PRIMARY);
        if (placement.isWhole() || !attends) {
            kit.close();
            return own;
        }
        return new HybridBackend(own, kit, List.of(placement));
    }
}
