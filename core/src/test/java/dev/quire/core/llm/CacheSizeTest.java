package dev.quire.core.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.memory.CacheGroup;
import dev.quire.api.memory.KvCacheLayout;
import dev.quire.api.types.DType;
import dev.quire.core.engine.EngineOptions;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The number of KV blocks follows from the options or the memory, and is enough for one sequence or an error. */
class CacheSizeTest {
    private static final KvCacheLayout LAYOUT =
            new KvCacheLayout(List.of(new CacheGroup.PagedKv("kv", 2, 2, 16, DType.BF16, 16, 0)));
    private static final long BLOCK_BYTES = 2 * 2 * 2 * 16 * 16 * 2;
    private static final long PLENTY = 1L << 40;

    @Test
    void blocksThatWereAskedForWin() {
        assertEquals(
                300, decide(OptionalInt.of(300), OptionalLong.of(1), 1024, 0).blocks());
    }

    @Test
    void bytesThatWereAskedForAreFilled() {
        CacheSize size = decide(OptionalInt.empty(), OptionalLong.of(100 * BLOCK_BYTES + 5), 1024, 0);
        assertEquals(100, size.blocks());
        assertEquals(100 * BLOCK_BYTES, size.bytes());
        assertEquals(1600, size.tokens());
    }

    @Test
    void freeMemoryIsFilledUpToWhatAllSequencesCanUse() {
        assertEquals(
                90,
                decide(OptionalInt.empty(), OptionalLong.empty(), 1024, 90 * BLOCK_BYTES)
                        .blocks());
        assertEquals(
                128 * 64,
                decide(OptionalInt.empty(), OptionalLong.empty(), 1024, PLENTY).blocks());
    }

    @Test
    void lessThanOneSequenceIsAnErrorWithTheNumbers() {
        String message = assertThrows(
                        IllegalArgumentException.class,
                        () -> decide(OptionalInt.empty(), OptionalLong.empty(), 1024, 63 * BLOCK_BYTES))
                .getMessage();
        assertTrue(message.contains("63 blocks of 16 tokens"), message);
        assertTrue(message.contains("max-model-len 1024 needs 64 blocks"), message);
        assertTrue(message.contains("at most 1008"), message);
    }

    private static CacheSize decide(OptionalInt blocks, OptionalLong bytes, int maxModelLen, long free) {
        EngineOptions.Builder options = EngineOptions.builder().blockSize(16);
        blocks.ifPresent(options::blocks);
        bytes.ifPresent(options::kvCacheBytes);
        return CacheSize.decide(LAYOUT, options.build(), maxModelLen, free);
    }
}
