package dev.quire.kernels;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KernelCacheTest {
    private static final long SEED = Long.getLong("quire.seed", 4711);
    private static final KernelCache.Key KEY = new KernelCache.Key("source", "device", "driver", "compiler");

    @TempDir
    Path home;

    private final List<String> notices = new ArrayList<>();
    private final AtomicInteger compiled = new AtomicInteger();

    @Test
    void aBinaryIsCompiledOnceAndSurvivesARestart() {
        assertArrayEquals(binary(1), get(cache(1 << 20), KEY, 1));
        assertArrayEquals(binary(1), get(cache(1 << 20), KEY, 2));
        assertEquals(1, compiled.get());
    }

    @Test
    void everyPartOfTheKeyDecides() {
        KernelCache cache = cache(1 << 20);
        List<KernelCache.Key> keys = List.of(
                KEY,
                new KernelCache.Key("sourced", "evice", "driver", "compiler"),
                new KernelCache.Key("source", "other", "driver", "compiler"),
                new KernelCache.Key("source", "device", "other", "compiler"),
                new KernelCache.Key("source", "device", "driver", "other"));
        for (int i = 0; i < keys.size(); i++) {
            assertArrayEquals(binary(i), get(cache, keys.get(i), i));
        }
        assertEquals(keys.size(), compiled.get());
    }

    @Test
    void anyDamageIsNoticedAndCompiledAnew() throws IOException {
        Random random = new Random(SEED);
        KernelCache cache = cache(1 << 20);
        for (int round = 0; round < 200; round++) {
            get(cache, KEY, 1);
            Path file = files().getFirst();
            byte[] bytes = Files.readAllBytes(file);
            if (round % 4 == 0) {
                bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length));
            } else {
                bytes[random.nextInt(bytes.length)] ^= (byte) (1 << random.nextInt(8));
            }
            Files.write(file, bytes);
            compiled.set(0);
            assertArrayEquals(binary(1), get(cache, KEY, 1), "seed " + SEED + ", round " + round);
            assertEquals(1, compiled.get(), "seed " + SEED + ", round " + round);
        }
        assertEquals(200, notices.size());
        assertTrue(notices.getFirst().contains("corrupt"), notices.getFirst());
    }

    @Test
    void aFileUnderAnotherKeysNameIsCorrupt() throws IOException {
        KernelCache cache = cache(1 << 20);
        get(cache, KEY, 1);
        Path first = files().getFirst();
        KernelCache.Key other = new KernelCache.Key("other", "device", "driver", "compiler");
        get(cache, other, 2);
        Path second =
                files().stream().filter(file -> !file.equals(first)).findFirst().orElseThrow();
        Files.copy(first, second, StandardCopyOption.REPLACE_EXISTING);
        assertArrayEquals(binary(2), get(cache, other, 2));
    }

    @Test
    void theLeastRecentlyUsedMakeRoom() throws IOException {
        KernelCache cache = cache(3 * 140);
        Files.createDirectories(home.resolve("kernels"));
        Path foreign = Files.write(home.resolve("kernels/notes.txt"), new byte[1000]);
        for (int i = 0; i < 5; i++) {
            get(cache, new KernelCache.Key("source" + i, "", "", ""), i);
            for (Path file : files()) {
                Instant older = Files.getLastModifiedTime(file).toInstant().minus(Duration.ofMinutes(1));
                Files.setLastModifiedTime(file, FileTime.from(older));
            }
            assertTrue(files().size() <= 3, "after " + i);
        }
        assertEquals(3, files().size());
        compiled.set(0);
        for (int i = 2; i < 5; i++) {
            get(cache, new KernelCache.Key("source" + i, "", "", ""), i);
        }
        assertEquals(0, compiled.get(), "the three newest are there");
        assertTrue(Files.exists(foreign), "files of others stay");
    }

    @Test
    void aDiskThatFailsCostsANoticeNotTheKernel() throws IOException {
        Files.write(home.resolve("kernels"), new byte[0]);
        assertArrayEquals(binary(1), get(cache(1 << 20), KEY, 1));
        assertTrue(notices.getLast().startsWith("The kernel cache cannot be written"), notices.toString());
    }

    private KernelCache cache(long maxBytes) {
        return new KernelCache(home.resolve("kernels"), maxBytes, notices::add);
    }

    private byte[] get(KernelCache cache, KernelCache.Key key, int content) {
        return cache.get(key, () -> {
            compiled.incrementAndGet();
            return binary(content);
        });
    }

    /** 100 bytes, 140 on disk. */
    private static byte[] binary(int content) {
        byte[] bytes = new byte[100];
        Arrays.fill(bytes, (byte) content);
        return bytes;
    }

    private List<Path> files() throws IOException {
        try (var files = Files.list(home.resolve("kernels"))) {
            return files.filter(file -> file.toString().endsWith(".bin")).toList();
        }
    }
}
