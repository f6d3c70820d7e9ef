package dev.quire.kernels.host;

import dev.quire.kernels.portable.Argument;
import dev.quire.kernels.portable.KernelLaunch;
import dev.quire.kernels.portable.Launches;
import dev.quire.kernels.portable.Region;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.List;

/** Finds the memory of a region. */
@FunctionalInterface
interface HostMemory {
    MemorySegment of(Region region);

    /** Memory whose every float is NaN, so that what is read before it is written shows. */
    static MemorySegment poisoned(Arena arena, long bytes) {
        return arena.allocate(Region.aligned(Math.max(bytes, 1)), Region.ALIGNMENT)
                .fill((byte) 0xff);
    }

    /** Runs launches one after another. */
    static void run(Launches launches, HostLibrary library, HostMemory memory) {
        try (Arena arena = Arena.ofConfined()) {
            MemorySegment words = poisoned(arena, (long) launches.words().length * Integer.BYTES);
            MemorySegment.copy(launches.words(), 0, words, ValueLayout.JAVA_INT, 0, launches.words().length);
            for (KernelLaunch launch : launches.list()) {
                run(launch, library, region -> region instanceof Region.Words ? words : memory.of(region));
            }
        }
    }

    /** Runs one launch. */
    static void run(KernelLaunch launch, HostLibrary library, HostMemory memory) {
        try (Arena arena = Arena.ofConfined()) {
            List<Argument> arguments = launch.arguments();
            MemorySegment pointers = arena.allocate(ValueLayout.ADDRESS, arguments.size());
            MemorySegment values = arena.allocate(ValueLayout.JAVA_LONG, arguments.size());
            for (int i = 0; i < arguments.size(); i++) {
                MemorySegment value = values.asSlice(i * 8L, 8);
                switch (arguments.get(i)) {
                    case Argument.At(Region region, long offset) ->
                        value.set(ValueLayout.JAVA_LONG, 0, memory.of(region).address() + offset);
                    case Argument.Nowhere nowhere -> value.set(ValueLayout.JAVA_LONG, 0, 0);
                    case Argument.Int(int number) -> value.set(ValueLayout.JAVA_INT, 0, number);
                    case Argument.Real(float number) -> value.set(ValueLayout.JAVA_FLOAT, 0, number);
                }
                pointers.setAtIndex(ValueLayout.ADDRESS, i, value);
            }
            synchronized (library) {
                library.launch(launch.kernel(), launch.groups(), launch.groupSize(), pointers);
            }
        }
    }
}
