package dev.quire.backends.cpu.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.program.Mask;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** How a step's attention is shared out. */
class AttentionPlanTest {
    private static final AttentionShape SHAPE =
            new AttentionShape(9, 3, 64, 0.125f, Mask.CAUSAL, Optional.empty(), new float[0]);

    @Test
    void aPromptIsSharedOutByTheTokensThatItsQueriesSee() {
        AttentionPlan plan = new AttentionPlan(SHAPE, 2);
        int[] positions = new int[500];
        for (int i = 0; i < positions.length; i++) {
            positions[i] = i;
        }
        plan.prepare(new int[] {0, 500}, positions, new int[] {500});
        long first = tokens(plan, 0, plan.tileAt(plan.cut(1)));
        long second = tokens(plan, plan.tileAt(plan.cut(1)), plan.tiles());
        assertEquals(1, (double) first / second, 0.1);
        assertFalse(plan.divides());
    }

    @Test
    void aLongContextOfOneTokenIsDivided() {
        AttentionPlan plan = new AttentionPlan(SHAPE, 2);
        plan.prepare(new int[] {0, 1}, new int[] {8191}, new int[] {8192});
        assertTrue(plan.divides());
        assertEquals(plan.start(plan.tiles()) / 2, plan.cut(1));
    }

    /** Pairs of a query and a token that tiles {@code from} to {@code to − 1} meet. */
    private static long tokens(AttentionPlan plan, int from, int to) {
        long tokens = 0;
        for (int tile = from; tile < to; tile++) {
            int queries = plan.rows(tile) / SHAPE.group();
            for (int q = plan.firstQuery(tile); q < plan.firstQuery(tile) + queries; q++) {
                tokens += plan.position(q) + 1;
            }
        }
        return tokens;
    }
}
