package dev.quire.server.bench.ops;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.types.WeightFormat;
import dev.quire.server.bench.model.BenchModel;
import java.util.List;
import org.junit.jupiter.api.Test;

class OpGroupTest {
    @Test
    void kindsOfOpsHaveOneGroupForAllLayersAndLoseNone() {
        try (BenchModel model = BenchModel.made("smollm2-135m", WeightFormat.BF16, 1)) {
            Program forward = model.forward();
            List<OpGroup> groups = OpGroup.of(forward);
            assertEquals(
                    forward.ops().size(),
                    groups.stream().mapToInt(group -> group.ops().size()).sum());
            OpGroup attention = groups.stream()
                    .filter(group -> group.first() instanceof Op.Attend)
                    .findFirst()
                    .orElseThrow();
            assertEquals(30, attention.ops().size());
            assertEquals(30, attention.program().ops().size());
            assertEquals("9 x 64 on 3", attention.shape());
        }
    }
}
