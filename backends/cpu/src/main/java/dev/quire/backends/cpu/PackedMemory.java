package dev.quire.backends.cpu;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/**
 * An arena that carves what is asked of it out of large stretches of {@link UntouchedMemory}, one beside the other, so that layers too small for a huge page of
 * their own lie in huge pages too: weights and keys are read from end to end in every step, and with small pages a quarter of that time goes to finding where the
 * next page lies. Allocating is one thread's at a time.
 */
final class PackedMemory implements Arena {
    private static final long HUGE_PAGE = 2 << 20;

    /** So large that the system's allocator never makes it of memory that was freed, and so touched, before: glibc's may do that below 32 MiB. */
    private static final long STRETCH = 32 * HUGE_PAGE;

    private final Arena stretches = UntouchedMemory.open();
    private MemorySegment rest = MemorySegment.NULL;

    @Override
    public MemorySegment allocate(long byteSize, long byteAlignment) {
        if (!scope().isAlive()) {
            throw new IllegalStateException("the arena is closed");
        }
        long gap = Math.floorMod(-rest.address(), byteAlignment);
        if (rest.byteSize() - gap < byteSize) {
            if (byteSize > STRETCH / 2) {
                return stretches.allocate(byteSize, Math.max(byteAlignment, HUGE_PAGE));
            }
            rest = stretches.allocate(STRETCH, Math.max(byteAlignment, HUGE_PAGE));
            gap = 0;
        }
        MemorySegment taken = rest.asSlice(gap, byteSize);
        rest = rest.asSlice(gap + byteSize);
        return taken;
    }

    @Override
    public MemorySegment.Scope scope() {
        return stretches.scope();
    }

    @Override
    public void close() {
        stretches.close();
    }
}
