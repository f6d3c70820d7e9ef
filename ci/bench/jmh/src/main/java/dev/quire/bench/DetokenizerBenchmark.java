package dev.quire.bench;

import dev.quire.core.source.DownloadProgress;
import dev.quire.core.source.EnvironmentOptions;
import dev.quire.core.source.ModelSource;
import dev.quire.core.text.DetokenizerOptions;
import dev.quire.core.text.SpecialTokens;
import dev.quire.core.text.StreamingDetokenizer;
import dev.quire.core.text.Tokenizer;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Map;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.Setup;

/** A text's tokens become text again one by one, by the tokenizer of the model that the kit carries. Time for each token. */
public class DetokenizerBenchmark extends HotPath {
    private static final int TOKENS = 1024;
    private static final String TEXT =
            "A quire is a gathering of pages, folded once and sewn. Zürich, 東京 and 🙂 take several tokens each. ";

    private Tokenizer tokenizer;
    private int[] ids;

    @Setup
    public void open() throws IOException {
        Path home = Path.of(System.getProperty("user.home"));
        ModelSource source = new ModelSource(EnvironmentOptions.read(Map.of(), home), DownloadProgress.silent());
        tokenizer = Tokenizer.open(source.resolve("tiny").path());
        int[] once = tokenizer.encode(TEXT, SpecialTokens.TEXT);
        ids = new int[TOKENS];
        for (int i = 0; i < TOKENS; i++) {
            ids[i] = once[i % once.length];
        }
    }

    @Benchmark
    @OperationsPerInvocation(TOKENS)
    public int stream() {
        StreamingDetokenizer detokenizer = tokenizer.detokenizer(DetokenizerOptions.DEFAULTS);
        int length = 0;
        for (int id : ids) {
            length += detokenizer.push(id).length();
        }
        return length + detokenizer.finish().length();
    }
}
