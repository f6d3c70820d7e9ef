package dev.quire.conformance.broken;

import java.util.List;
import java.util.stream.Stream;

/** Every deliberate mistake. */
final class Faults {
    private Faults() {}

    static List<Fault> all() {
        return Stream.of(
                        AttentionFaults.list(),
                        BatchFaults.list(),
                        WeightFaults.list(),
                        OpFaults.list(),
                        ArithmeticFaults.list(),
                        SamplingFaults.list(),
                        OutputFaults.list(),
                        BlockFaults.list(),
                        LifecycleFaults.list())
                .flatMap(List::stream)
                .toList();
    }
}
