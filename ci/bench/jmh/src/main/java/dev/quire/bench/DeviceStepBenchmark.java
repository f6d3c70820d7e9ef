package dev.quire.bench;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.api.Executable;
import dev.quire.api.Weights;
import dev.quire.api.memory.Buffer;
import dev.quire.api.memory.KvCache;
import dev.quire.api.step.Bindings;
import dev.quire.api.step.StepBatch;
import dev.quire.api.types.DType;
import dev.quire.api.types.Numerics;
import dev.quire.api.types.WeightFormat;
import dev.quire.server.bench.model.BenchModel;
import dev.quire.server.bench.step.StepShape;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceLoader;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.TearDown;

/**
 * A decode step on a device, of as many ops as SmolLM2-135M has and so narrow that the device takes little time: what the host does for it, and
 * with {@code -prof gc} what that leaves on the heap.
 */
public class DeviceStepBenchmark extends HotPath {
    private static final int CONTEXT = 512;
    private static final String SHAPE = """
            {"model_type": "llama", "architectures": ["LlamaForCausalLM"], "hidden_size": 64, "intermediate_size": 128,
             "num_hidden_layers": 30, "num_attention_heads": 4, "num_key_value_heads": 2, "vocab_size": 256,
             "max_position_embeddings": 1024, "rms_norm_eps": 1e-5, "rope_theta": 10000.0, "tie_word_embeddings": true}
            """;

    /** Any backend that a driver is there for. */
    @Param("opencl")
    public String backend;

    /** Sequences that decode. */
    @Param({"1", "16"})
    public int sequences;

    private BenchModel model;
    private AttentionBackend device;
    private Weights weights;
    private KvCache cache;
    private Executable executable;
    private StepBatch batch;
    private Bindings io;

    @Setup
    public void open() throws IOException {
        Path config = Files.createTempFile("narrow", ".json");
        Files.writeString(config, SHAPE);
        model = BenchModel.made(config.toString(), WeightFormat.BF16, 4711);
        Files.delete(config);
        StepShape step = StepShape.decode(sequences, CONTEXT);
        device = device();
        weights = device.load(model.forward().weights(), model.weights());
        executable = device.compile(model.forward(), weights, step.limits(), Numerics.REPRODUCIBLE);
        cache = device.allocate(step.blocks(model.cache()));
        batch = step.batch(model.cache(), model.info().vocabSize());
        Buffer logits = device.buffer(DType.F32, sequences, model.info().vocabSize());
        io = new Bindings(Optional.of(cache), Map.of("logits", logits));
    }

    private AttentionBackend device() {
        BackendProvider provider = ServiceLoader.load(BackendProvider.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(one -> one.name().equals(backend))
                .findFirst()
                .orElseThrow();
        Path folder = Path.of(System.getProperty("java.io.tmpdir"), "quire");
        return provider.open(
                provider.devices().getFirst(), new BackendOptions(0, folder, System.err::println, Map.of()));
    }

    @Benchmark
    public void step() {
        executable.submit(batch, io).await();
    }

    @TearDown
    public void close() {
        executable.close();
        cache.close();
        weights.close();
        device.close();
        model.close();
    }
}
