package dev.quire.server.bench.limits;

import dev.quire.server.bench.measure.Effort;
import dev.quire.server.bench.measure.Turns;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.nio.ByteOrder;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** How fast threads of the host read memory together: four vectors at a time, each thread a stretch of its own. */
final class MemoryProbe {
    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
    private static final long ONES = 0x0101010101010101L;

    private MemoryProbe() {}

    /** Bytes per second that {@code threads} threads read together from {@code bytes} of memory, which should be far more than any cache. */
    static double bytesPerSecond(int threads, long bytes, Effort effort) {
        try (Arena arena = Arena.ofShared();
                ExecutorService workers = Executors.newFixedThreadPool(threads)) {
            MemorySegment memory = arena.allocate(bytes, 64);
            memory.fill((byte) 1);
            long share = bytes / threads / (4 * LONGS.vectorByteSize()) * 4 * LONGS.vectorByteSize();
            double seconds = Turns.measure(effort, () -> {
                        List<Future<Long>> parts = IntStream.range(0, threads)
                                .mapToObj(part -> workers.submit(() -> read(memory, part * share, share)))
                                .toList();
                        for (Future<Long> part : parts) {
                            if (finished(part) != ONES) {
                                throw new IllegalStateException("the probe read something that nobody wrote");
                            }
                        }
                    })
                    .median();
            return share * threads / seconds;
        }
    }

    private static long finished(Future<Long> part) {
        try {
            return part.get();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("the memory probe was interrupted", e);
        } catch (ExecutionException e) {
            throw new IllegalStateException("the memory probe failed", e);
        }
    }

    private static long read(MemorySegment memory, long from, long bytes) {
        LongVector a = LongVector.zero(LONGS);
        LongVector b = a;
        LongVector c = a;
        LongVector d = a;
        int step = LONGS.vectorByteSize();
        for (long at = from; at < from + bytes; at += 4L * step) {
            a = a.or(LongVector.fromMemorySegment(LONGS, memory, at, ByteOrder.LITTLE_ENDIAN));
            b = b.or(LongVector.fromMemorySegment(LONGS, memory, at + step, ByteOrder.LITTLE_ENDIAN));
            c = c.or(LongVector.fromMemorySegment(LONGS, memory, at + 2L * step, ByteOrder.LITTLE_ENDIAN));
            d = d.or(LongVector.fromMemorySegment(LONGS, memory, at + 3L * step, ByteOrder.LITTLE_ENDIAN));
        }
        return a.or(b).or(c.or(d)).reduceLanes(VectorOperators.OR);
    }
}
