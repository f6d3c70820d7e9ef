package dev.quire.server.bench.step;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.quire.api.memory.CacheGroup.PagedKv;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.program.CacheRef;
import dev.quire.api.program.KeySource;
import dev.quire.api.program.Mask;
import dev.quire.api.program.Op;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.DType;
import dev.quire.api.types.WeightFormat;
import dev.quire.server.bench.limits.Limits.Products;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class OpCostsTest {
    private static final KvCacheLayout LAYOUT =
            new KvCacheLayout(List.of(new PagedKv("kv", 1, 2, 8, DType.BF16, 16, 0)));

    @Test
    void aLinearLayerReadsItsWeightsOnceAndMultipliesForEachRow() {
        Value x = Value.tokens("x", 64);
        Value y = Value.tokens("y", 32);
        WeightRef weight = new WeightRef("w", 32, 64, WeightFormat.Q4_0);
        OpCost cost = new OpCosts(StepShape.decode(3, 10), LAYOUT)
                .of(new Op.Linear(x, weight, Optional.empty(), Op.Linear.Split.WHOLE, y));
        assertEquals(32 * 64 / 32 * 18 + 3 * (64 + 32) * 4, cost.bytes());
        assertEquals(2 * 3 * 32 * 64, cost.operations());
        assertEquals(Products.BF16, cost.products());
    }

    @Test
    void decodingReadsTheContextsOfAllSequences() {
        OpCost cost = new OpCosts(StepShape.decode(3, 100), LAYOUT).of(attend(Mask.CAUSAL));
        assertEquals(3 * 100 * (2 * 8) * 2 * 2 + 3 * 2 * (4 * 8) * 4, cost.bytes());
        assertEquals(4 * 3 * 100 * 4 * 8, cost.operations());
    }

    @Test
    void aPromptSeesEachKeyFromItsOwnPlaceOn() {
        OpCost cost = new OpCosts(StepShape.prefill(10), LAYOUT).of(attend(Mask.CAUSAL));
        assertEquals(4 * (10 * 11 / 2) * 4 * 8, cost.operations());
        assertEquals(10 * (2 * 8) * 2 * 2 + 10 * 2 * (4 * 8) * 4, cost.bytes());
    }

    @Test
    void aWindowBoundsWhatIsReadAndMultiplied() {
        OpCost cost = new OpCosts(StepShape.decode(1, 100), LAYOUT).of(attend(new Mask.SlidingWindow(16)));
        assertEquals(16 * (2 * 8) * 2 * 2 + 2 * (4 * 8) * 4, cost.bytes());
        assertEquals(4 * 16 * 4 * 8, cost.operations());
    }

    @Test
    void aStepCannotDoWithoutWeightsKeysAndValues() {
        OpCosts costs = new OpCosts(StepShape.decode(3, 100), LAYOUT);
        Value x = Value.tokens("x", 64);
        WeightRef weight = new WeightRef("w", 32, 64, WeightFormat.BF16);
        Op linear = new Op.Linear(x, weight, Optional.empty(), Op.Linear.Split.WHOLE, Value.tokens("y", 32));
        assertEquals(32 * 64 * 2, costs.leastOf(linear).bytes());
        assertEquals(costs.of(linear).operations(), costs.leastOf(linear).operations());
        assertEquals(
                3 * 100 * (2 * 8) * 2 * 2, costs.leastOf(attend(Mask.CAUSAL)).bytes());
        Op write = new Op.WriteKv(Value.tokens("k", 16), Value.tokens("v", 16), new CacheRef(0, 0));
        assertEquals(3 * (2 * 8) * 2 * 2, costs.leastOf(write).bytes());
        assertEquals(0, costs.leastOf(new Op.Add(x, x, Value.tokens("z", 64))).bytes());
    }

    private static Op.Attend attend(Mask mask) {
        return new Op.Attend(
                Value.tokens("q", 32),
                new KeySource.Cached(new CacheRef(0, 0)),
                new Op.Attend.HeadShape(4, 2, 8, 1),
                mask,
                Optional.empty(),
                List.of(),
                Value.tokens("out", 32));
    }
}
