package dev.quire.core.weights;

import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import dev.quire.api.program.WeightRef;
import dev.quire.api.types.WeightFormat;
import dev.quire.core.weights.format.GgufMetadata;
import dev.quire.core.weights.format.WeightFormatException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.SplittableRandom;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Thousands of damaged files: each is refused with a {@link WeightFormatException}, or reads to its last byte. */
@Timeout(600)
class HostileFileTest {
    private static final int SEEDS = 4000;

    /** A file of some hundred bytes costs its header, its messages and little more. */
    private static final long MOST_ALLOCATED = 4 << 20;

    private static final ThreadMXBean THREAD = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    @TempDir
    Path folder;

    @Test
    void damagedSafetensorsAreRefusedOrRead() throws IOException {
        survives(SafetensorsBytes.valid(), Safetensors::open);
    }

    @Test
    void damagedGgufFilesAreRefusedOrRead() throws IOException {
        survives(GgufBytes.valid(), Gguf::open);
    }

    private void survives(byte[] valid, Function<Path, WeightFile> open) throws IOException {
        try (WeightFile warm = open.apply(Files.write(folder.resolve("valid"), valid))) {
            readAll(warm);
        }
        int refused = 0;
        for (int seed = 0; seed < SEEDS; seed++) {
            byte[] damaged = damage(valid, new SplittableRandom(seed));
            Path path = Files.write(folder.resolve("damaged"), damaged);
            long before = THREAD.getCurrentThreadAllocatedBytes();
            try (WeightFile file = open.apply(path)) {
                readAll(file);
            } catch (WeightFormatException expected) {
                refused++;
                assertTrue(expected.getMessage().length() < 2000, "seed " + seed + ": " + expected.getMessage());
            } catch (RuntimeException | Error e) {
                throw new AssertionError("seed " + seed, e);
            }
            long allocated = THREAD.getCurrentThreadAllocatedBytes() - before;
            assertTrue(allocated < MOST_ALLOCATED, "seed " + seed + " allocated " + allocated);
        }
        assertTrue(refused > SEEDS / 3, "only " + refused + " were refused");
        assertTrue(refused < SEEDS, "all were refused: nothing was read");
    }

    private static byte[] damage(byte[] valid, SplittableRandom random) {
        Mutation[] mutations = Mutation.values();
        byte[] damaged = valid;
        for (int i = random.nextInt(1, 4); i > 0 && damaged.length > 65; i--) {
            damaged = mutations[random.nextInt(mutations.length)].apply(damaged, random);
        }
        return damaged;
    }

    private static void readAll(WeightFile file) {
        if (file instanceof Gguf gguf) {
            readAll(gguf.metadata());
        }
        Checkpoint checkpoint = new Checkpoint(file, TensorMap.identity());
        for (Tensor tensor : file.tensors().values()) {
            byte[] bytes = tensor.data().toArray(ValueLayout.JAVA_BYTE);
            assertTrue(bytes.length > 0);
            if (tensor.type().readable().isPresent()) {
                WeightRef ref =
                        new WeightRef(tensor.name(), (int) tensor.rows(), (int) tensor.columns(), WeightFormat.F32);
                MemorySegment values = checkpoint.read(ref);
                assertTrue(values.byteSize() == ref.bytes());
            }
        }
        checkpoint.releaseScratch();
    }

    private static void readAll(GgufMetadata metadata) {
        for (String key : metadata.keys()) {
            attempt(() -> metadata.text(key));
            attempt(() -> metadata.integer(key));
            attempt(() -> metadata.real(key));
            attempt(() -> metadata.flag(key));
            attempt(() -> metadata.texts(key));
            attempt(() -> metadata.integers(key));
            attempt(() -> metadata.reals(key));
            attempt(() -> metadata.flags(key));
            metadata.plain(key);
        }
    }

    /** A wrong type is an error of the declared kind; anything else ends the test. */
    private static void attempt(Runnable access) {
        try {
            access.run();
        } catch (WeightFormatException e) {
            assertTrue(e.getMessage().contains("expected"), e.getMessage());
        }
    }
}
