package dev.quire.server.load;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.core.engine.EngineStats;
import dev.quire.core.llm.Llm;
import dev.quire.core.llm.LlmListener;
import dev.quire.core.request.GenerationRequest;
import dev.quire.core.request.SamplingParams;
import dev.quire.core.request.SamplingParams.Stopping;
import dev.quire.core.request.TextEvent;
import dev.quire.core.source.DownloadProgress;
import dev.quire.server.launch.ModelLauncher;
import dev.quire.server.options.QuireOptions;
import io.vertx.core.json.JsonObject;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

/** The measure of Kwon et al. 2023, figure 2: the share of held KV memory that holds no token, under lengths like ShareGPT's. */
class KvWasteTest {
    private static final long SEED = Long.getLong("quire.seed", 5);
    private static final int REQUESTS = 96;
    private static final int LONGEST = 1000;

    @Test
    void lessThanFourPercentOfHeldMemoryIsEmpty() throws InterruptedException {
        QuireOptions options = QuireOptions.from(new JsonObject()
                .put("model", "../core/src/test/resources/models/tiny-llama")
                .put("max-num-seqs", 48)
                .put("enable-prefix-caching", false));
        Random random = new Random(SEED);
        CountDownLatch running = new CountDownLatch(REQUESTS);
        AtomicInteger completed = new AtomicInteger();
        double held = 0;
        double empty = 0;
        try (Llm llm = new ModelLauncher(options, Map.of(), DownloadProgress.silent()).load(LlmListener.NONE)) {
            for (int i = 0; i < REQUESTS; i++) {
                int[] prompt = random.ints(length(random, 161), 3, 300).toArray();
                Stopping stopping = Stopping.after(length(random, 338));
                SamplingParams params =
                        SamplingParams.builder().seed(i).stopping(stopping).build();
                llm.submit(GenerationRequest.of("r" + i, prompt, params), event -> {
                    switch (event) {
                        case TextEvent.Completed done -> {
                            completed.incrementAndGet();
                            running.countDown();
                        }
                        case TextEvent.Failed failed -> running.countDown();
                        case TextEvent.Refused refused -> running.countDown();
                        default -> {}
                    }
                });
            }
            while (!running.await(5, TimeUnit.MILLISECONDS)) {
                EngineStats stats = llm.stats();
                held += 16.0 * stats.heldBlocks();
                empty += 16.0 * stats.heldBlocks() - stats.heldTokens();
            }
        }
        assertEquals(REQUESTS, completed.get(), "seed " + SEED);
        System.out.printf("KV memory held without a token: %.2f%%%n", 100 * empty / held);
        assertTrue(held > 0 && empty / held < 0.04, "seed " + SEED + ": " + empty / held);
    }

    /** Log-normal about the mean of ShareGPT's prompts or answers, cut to what the model takes. */
    private static int length(Random random, double mean) {
        double sigma = 1;
        double length = Math.exp(Math.log(mean) - sigma * sigma / 2 + sigma * random.nextGaussian());
        return Math.clamp(Math.round(length), 4, LONGEST);
    }
}
