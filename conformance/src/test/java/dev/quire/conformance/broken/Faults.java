package dev.quire.conformance.broken;

import java.util.List;
import java.util.stream.Stream;

/**
 * Every deliberate mistake. None breaks T5: no step that a case issues fails on a backend that is right, so the kit never sees what follows a failure.
 */
final class Faults {
    private Faults() {}

    static List<Fault> all() {
        return Stream.of(
                        AttentionFaults.list(),
                        BatchFaults.list(),
                        WeightFaults.list(),
                        OpFaults.list(),
                        ExpertFaults.list(),
                        ArithmeticFaults.list(),
                        SamplingFaults.list(),
                        OutputFaults.list(),
                        BlockFaults.list(),
                        NarrowCacheFaults.list(),
                        MemoryFaults.list(),
                        LifecycleFaults.list())
                .flatMap(List::stream)
                .toList();
    }
}
