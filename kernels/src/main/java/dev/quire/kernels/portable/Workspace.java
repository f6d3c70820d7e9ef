package dev.quire.kernels.portable;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Offsets for tenants whose lives are known; those that are not alive at the same time may share memory. */
final class Workspace {
    private final Map<Tenant, Long> offsets = new HashMap<>();
    private long bytes;

    /**
     * A tenant's size and life.
     *
     * @param from first op that it is alive at
     * @param to last op that it is alive at
     */
    record Lease(Tenant tenant, long bytes, int from, int to) {
        boolean overlaps(Lease other) {
            return from <= other.to && other.from <= to;
        }
    }

    private record Room(long begin, long end) {}

    /** Places the largest first, each at the lowest offset that no other alive tenant takes. */
    Workspace(List<Lease> leases) {
        List<Lease> order = new ArrayList<>(leases);
        order.sort(Comparator.comparingLong(Lease::bytes).reversed());
        List<Lease> placed = new ArrayList<>();
        for (Lease lease : order) {
            long at = gap(lease, placed);
            offsets.put(lease.tenant(), at);
            placed.add(lease);
            bytes = Math.max(bytes, at + Region.aligned(lease.bytes()));
        }
    }

    private long gap(Lease lease, List<Lease> placed) {
        List<Room> taken = new ArrayList<>();
        for (Lease other : placed) {
            if (other.overlaps(lease)) {
                long begin = offsets.get(other.tenant());
                taken.add(new Room(begin, begin + Region.aligned(other.bytes())));
            }
        }
        taken.sort(Comparator.comparingLong(Room::begin));
        long at = 0;
        for (Room room : taken) {
            if (at + lease.bytes() <= room.begin()) {
                return at;
            }
            at = Math.max(at, room.end());
        }
        return at;
    }

    /** Whether it has a place here. */
    boolean holds(Tenant tenant) {
        return offsets.containsKey(tenant);
    }

    /** Where a tenant lies. */
    Argument place(Tenant tenant) {
        return new Argument.At(Region.WORKSPACE, offsets.get(tenant));
    }

    long bytes() {
        return bytes;
    }
}
