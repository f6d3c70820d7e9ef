package dev.quire.server.bench;

import dev.quire.api.AttentionBackend;
import dev.quire.api.Executable;
import dev.quire.api.StepLimits;
import dev.quire.api.memory.Buffer;
import dev.quire.api.program.Op;
import dev.quire.api.program.Program;
import dev.quire.api.program.Value;
import dev.quire.api.program.WeightRef;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.step.StepTokens;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import jdk.incubator.vector.LongVector;
import jdk.incubator.vector.VectorOperators;
import jdk.incubator.vector.VectorSpecies;

/** What the machine can do: bytes that its memory delivers, and bf16 products that its matrix kernels reach on a large square. */
final class MachineProbe {
    private static final VectorSpecies<Long> LONGS = LongVector.SPECIES_PREFERRED;
    private static final long BYTES = 1L << 30;
    private static final long ONES = 0x0101010101010101L;
    private static final int SIDE = 4096;
    private static final int ROWS = 512;
    private static final Duration WARM_UP = Duration.ofSeconds(2);
    private static final Duration MEASURE = Duration.ofSeconds(3);

    private MachineProbe() {}

    /** Bytes per second that {@code threads} threads read together from a gibibyte. */
    static double memoryBandwidth(int threads) {
        try (Arena arena = Arena.ofShared();
                ExecutorService workers = Executors.newFixedThreadPool(threads)) {
            MemorySegment memory = arena.allocate(BYTES, 64);
            memory.fill((byte) 1);
            long share = BYTES / threads / (4 * LONGS.vectorByteSize()) * 4 * LONGS.vectorByteSize();
            double seconds = Median.seconds(WARM_UP, MEASURE, () -> {
                List<Future<Long>> parts = IntStream.range(0, threads)
                        .mapToObj(part -> workers.submit(() -> read(memory, part * share, share)))
                        .toList();
                for (Future<Long> part : parts) {
                    if (finished(part) != ONES) {
                        throw new IllegalStateException("the probe read something that nobody wrote");
                    }
                }
            });
            return share * threads / seconds;
        }
    }

    private static long finished(Future<Long> part) {
        try {
            return part.get();
        } catch (InterruptedException | java.util.concurrent.ExecutionException e) {
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

    /** Floating point operations per second of one large bf16 Linear on the backend. */
    static double matrixPeak(AttentionBackend backend) {
        WeightRef square = new WeightRef("square", SIDE, SIDE, WeightFormat.BF16);
        Value x = Value.tokens("x", SIDE);
        Value y = Value.tokens("y", SIDE);
        Op linear = new Op.Linear(x, square, Optional.empty(), Op.Linear.Split.WHOLE, y);
        Program program = Program.of(List.of(x), List.of(linear), List.of(y));
        try (Arena arena = Arena.ofShared()) {
            SplittableRandom random = new SplittableRandom(1);
            MemorySegment weights = arena.allocate(square.bytes(), 64);
            for (long i = 0; i < (long) SIDE * SIDE; i++) {
                float value = (float) random.nextDouble(-1, 1);
                weights.setAtIndex(ValueLayout.JAVA_SHORT, i, (short) (Float.floatToRawIntBits(value) >>> 16));
            }
            Buffer in = backend.buffer(DType.F32, ROWS, SIDE);
            for (long i = 0; i < (long) ROWS * SIDE; i++) {
                in.memory().setAtIndex(ValueLayout.JAVA_FLOAT_UNALIGNED, i, (float) random.nextDouble(-1, 1));
            }
            Bindings io = new Bindings(Optional.empty(), Map.of("x", in, "y", backend.buffer(DType.F32, ROWS, SIDE)));
            StepBatch batch = new StepBatch(
                    StepTokens.known(new int[ROWS]),
                    new int[ROWS],
                    new int[] {0, ROWS},
                    new int[0],
                    new int[0],
                    List.of(),
                    List.of());
            try (var loaded = backend.load(program.weights(), ref -> weights);
                    Executable executable =
                            backend.compile(program, loaded, new StepLimits(ROWS, 1, 1, ROWS), Numerics.FAST)) {
                double seconds = Median.seconds(
                        WARM_UP, MEASURE, () -> executable.submit(batch, io).await());
                return 2.0 * ROWS * SIDE * SIDE / seconds;
            }
        }
    }
}
