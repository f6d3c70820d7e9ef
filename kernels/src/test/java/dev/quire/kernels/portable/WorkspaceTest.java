package dev.quire.kernels.portable;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.kernels.portable.Workspace.Lease;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class WorkspaceTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);

    @Test
    void tenantsThatAreAliveTogetherShareNoByte() {
        for (long seed = SEED; seed < SEED + 500; seed++) {
            List<Lease> leases = leases(new Random(seed));
            Workspace workspace = new Workspace(leases);
            for (Lease a : leases) {
                long begin = offset(workspace, a);
                assertEquals(0, begin % Region.ALIGNMENT, "seed " + seed);
                assertTrue(begin + a.bytes() <= workspace.bytes(), "seed " + seed);
                for (Lease b : leases) {
                    boolean apart =
                            begin + a.bytes() <= offset(workspace, b) || offset(workspace, b) + b.bytes() <= begin;
                    assertTrue(a == b || apart || !a.overlaps(b), "seed %d: %s and %s".formatted(seed, a, b));
                }
            }
        }
    }

    @Test
    void tenantsThatFollowOneAnotherShareMemory() {
        List<Lease> leases =
                List.of(lease(0, 1000, 0, 1), lease(1, 1000, 1, 2), lease(2, 1000, 2, 3), lease(3, 1, 3, 4));
        assertEquals(2048, new Workspace(leases).bytes());
    }

    private static List<Lease> leases(Random random) {
        List<Lease> leases = new ArrayList<>();
        for (int i = 0; i < 2 + random.nextInt(12); i++) {
            int from = random.nextInt(10);
            leases.add(lease(i, random.nextInt(2000), from, from + random.nextInt(4)));
        }
        return leases;
    }

    private static Lease lease(int index, long bytes, int from, int to) {
        return new Lease(new Tenant.Scratch(index, "test"), bytes, from, to);
    }

    private static long offset(Workspace workspace, Lease lease) {
        return ((Argument.At) workspace.place(lease.tenant())).offset();
    }
}
