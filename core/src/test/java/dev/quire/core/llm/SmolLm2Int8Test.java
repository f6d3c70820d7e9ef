package dev.quire.core.llm;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.quire.api.memory.Buffer;
import dev.quire.api.types.Numerics;
import dev.quire.core.engine.EngineOptions;
import dev.quire.core.model.checkpoint.Quantization;
import dev.quire.core.testing.PlainGguf;
import dev.quire.core.testing.ScoredToken;
import dev.quire.core.testing.SmolLm2;
import dev.quire.core.testing.SmolLm2.Prompt;
import dev.quire.core.testing.TextCollected;
import dev.quire.core.weights.format.WeightFormatException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SmolLM2 in BF16, and with {@code --quantization int8}. */
class SmolLm2Int8Test {
    private static final int TEXTS = 8;
    private static final int ROWS = 64;
    private static final int TOKENS = 16;
    private static final int MAX_MODEL_LEN = 96;
    /** Bounds on the figures of these texts, which are 0.0034, 0.971 and 0.0032. */
    private static final double DIVERGENCE = 0.007;

    private static final double SAME = 0.95;
    private static final double LOST = 0.01;

    @TempDir
    static Path folder;

    private static Path plain;

    @BeforeAll
    static void aFileOfBf16() throws IOException {
        Path stored = SmolLm2.file();
        plain = folder.resolve("smollm2-bf16.gguf");
        PlainGguf.write(stored, plain);
    }

    private static LlmOptions options(Quantization quantization, EngineOptions engine) {
        LlmOptions options = LlmOptions.of(plain.toString());
        return options.with(options.device().withBackend(Backends.CPU))
                .with(engine)
                .with(options.model().withQuantization(quantization));
    }

    /** Over the rows of texts: the mean divergence, how often the first choice is the same, and what the text's next token loses. */
    @Test
    void quantizedLayersLeaveTheDistributionOfTokensAlmostAsItWas() {
        List<int[]> texts = SmolLm2.golden().prompts().stream()
                .filter(Prompt::isShort)
                .limit(TEXTS)
                .map(prompt -> IntStream.concat(IntStream.of(prompt.ids()), IntStream.of(prompt.greedy()))
                        .toArray())
                .toList();
        List<float[][]> expected = logits(Quantization.AUTO, texts);
        List<float[][]> actual = logits(Quantization.INT8, texts);
        double divergence = 0;
        double lost = 0;
        int same = 0;
        int rows = texts.size() * ROWS;
        for (int i = 0; i < texts.size(); i++) {
            int[] text = texts.get(i);
            for (int row = 0; row < ROWS; row++) {
                double[] p = logSoftmax(expected.get(i)[row]);
                double[] q = logSoftmax(actual.get(i)[row]);
                divergence += divergence(p, q) / rows;
                same += argmax(p) == argmax(q) ? 1 : 0;
                int next = text.length - ROWS + row + 1;
                lost += next < text.length ? (p[text[next]] - q[text[next]]) / rows : 0;
            }
        }
        System.out.printf(
                "INT8 against BF16: mean KL divergence %.5f, same first choice %d of %d, mean log-probability lost %.5f%n",
                divergence, same, rows, lost);
        assertTrue(divergence > 1e-7, "nothing was quantized: the divergence is " + divergence);
        assertTrue(divergence < DIVERGENCE, "mean KL divergence " + divergence);
        assertTrue(same >= SAME * rows, "the first choice is the same in %d of %d".formatted(same, rows));
        assertTrue(Math.abs(lost) < LOST, "mean log-probability lost " + lost);
    }

    @Test
    void reproducibleAnswersOfQuantizedLayersDoNotDependOnTheBatch() {
        List<int[]> prompts = SmolLm2.golden().prompts().stream()
                .filter(Prompt::isShort)
                .limit(TEXTS)
                .map(Prompt::ids)
                .toList();
        List<List<ScoredToken>> together = answers(prompts, TEXTS, 2048);
        assertEquals(together, answers(prompts, 3, 16));
    }

    @Test
    void aFileWhoseLayersAreQuantizedAlreadyIsRefused() {
        LlmOptions options = RealModel.served(EngineOptions.DEFAULT);
        LlmOptions int8 = options.with(options.model().withQuantization(Quantization.INT8));
        String message = assertThrows(
                        WeightFormatException.class, () -> Llm.load(int8).close())
                .getMessage();
        assertTrue(message.contains("its layers are stored in [Q4_1"), message);
    }

    private static List<List<ScoredToken>> answers(List<int[]> prompts, int sequences, int tokens) {
        EngineOptions engine = EngineOptions.builder()
                .maxModelLen(MAX_MODEL_LEN)
                .maxNumSeqs(sequences)
                .maxNumBatchedTokens(tokens)
                .numerics(Numerics.REPRODUCIBLE)
                .build();
        try (Llm llm = Llm.load(options(Quantization.INT8, engine))) {
            List<TextCollected> collected = IntStream.range(0, prompts.size())
                    .mapToObj(i -> RealModel.ask(llm, "request " + i, prompts.get(i), TOKENS))
                    .toList();
            List<List<ScoredToken>> answers = new ArrayList<>();
            for (TextCollected one : collected) {
                one.end();
                answers.add(one.choice(0).tokens.stream().map(ScoredToken::of).toList());
            }
            answers.forEach(answer -> assertEquals(TOKENS, answer.size()));
            return answers;
        }
    }

    private static List<float[][]> logits(Quantization quantization, List<int[]> texts) {
        int longest = texts.stream().mapToInt(text -> text.length).max().orElseThrow();
        List<float[][]> all = new ArrayList<>();
        try (ForcedForward model = new ForcedForward(options(quantization, EngineOptions.DEFAULT), longest, ROWS)) {
            for (int[] text : texts) {
                Buffer read = model.logits(text, ROWS);
                float[][] rows = new float[ROWS][SmolLm2.VOCABULARY];
                for (int row = 0; row < ROWS; row++) {
                    long at = 4L * row * SmolLm2.VOCABULARY;
                    MemorySegment.copy(read.memory(), ValueLayout.JAVA_FLOAT, at, rows[row], 0, SmolLm2.VOCABULARY);
                }
                all.add(rows);
            }
        }
        return all;
    }

    private static double[] logSoftmax(float[] logits) {
        double most = Double.NEGATIVE_INFINITY;
        for (float logit : logits) {
            most = Math.max(most, logit);
        }
        double sum = 0;
        for (float logit : logits) {
            sum += Math.exp(logit - most);
        }
        double[] logs = new double[logits.length];
        for (int i = 0; i < logs.length; i++) {
            logs[i] = logits[i] - most - Math.log(sum);
        }
        return logs;
    }

    private static double divergence(double[] p, double[] q) {
        double sum = 0;
        for (int i = 0; i < p.length; i++) {
            sum += Math.exp(p[i]) * (p[i] - q[i]);
        }
        return sum;
    }

    private static int argmax(double[] values) {
        int best = 0;
        for (int i = 1; i < values.length; i++) {
            best = values[i] > values[best] ? i : best;
        }
        return best;
    }
}
