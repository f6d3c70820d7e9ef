package dev.quire.server.launch;

import dev.quire.core.llm.DeviceOptions;
import dev.quire.core.llm.Llm;
import dev.quire.core.llm.LlmListener;
import dev.quire.core.llm.LlmOptions;
import dev.quire.core.llm.ModelOptions;
import dev.quire.core.model.checkpoint.CacheDType;
import dev.quire.core.model.checkpoint.Quantization;
import dev.quire.core.model.checkpoint.WeightDType;
import dev.quire.core.source.DownloadProgress;
import dev.quire.core.source.EnvironmentOptions;
import dev.quire.core.source.ModelSource;
import dev.quire.core.source.SourceOptions;
import dev.quire.server.options.CacheOptions;
import dev.quire.server.options.HubOptions;
import dev.quire.server.options.QuireOptions;
import java.nio.file.Path;
import java.util.Map;

/** Loads the model that options name. */
public final class ModelLauncher {
    private final QuireOptions options;
    private final Map<String, String> environment;
    private final DownloadProgress downloads;

    /**
     * @param environment what pip and the hub's tools are configured with; handed in by who may read it
     * @param downloads hears how downloads go
     */
    public ModelLauncher(QuireOptions options, Map<String, String> environment, DownloadProgress downloads) {
        this.options = options;
        this.environment = environment;
        this.downloads = downloads;
    }

    /** Where models come from and are kept. */
    public ModelSource source() {
        SourceOptions found = EnvironmentOptions.read(environment, home());
        HubOptions hub = options.model().hub();
        Path cache = hub.downloadDir()
                .or(() -> hub.home().map(folder -> folder.resolve("hub")))
                .orElse(found.hub().cache());
        SourceOptions.Hub chosen = new SourceOptions.Hub(
                hub.endpoint().orElse(found.hub().endpoint()), hub.token().or(found.hub()::token), cache);
        return new ModelSource(
                new SourceOptions(chosen, found.packages(), found.bundled(), found.network()), downloads);
    }

    private static Path home() {
        return Path.of(System.getProperty("user.home"));
    }

    /**
     * Finds the model's files, downloads what is missing, and loads them.
     *
     * @throws RuntimeException as {@link ModelSource#resolve} and {@link Llm#load} say
     */
    public Llm load(LlmListener listener) {
        return Llm.load(llmOptions(source().resolve(options.model().model()).path(), listener));
    }

    private static CacheDType cacheDType(CacheOptions cache) {
        return switch (cache.dtype()) {
            case AUTO -> CacheDType.AUTO;
            case BFLOAT16 -> CacheDType.BFLOAT16;
            case FLOAT16 -> CacheDType.FLOAT16;
            case FLOAT32 -> CacheDType.FLOAT32;
            case FP8, FP8_E4M3 -> CacheDType.FP8;
        };
    }

    /** What {@link Llm#load} needs for a model at {@code path}. */
    public LlmOptions llmOptions(Path path, LlmListener listener) {
        ModelOptions model = ModelOptions.of(path.toString())
                .withDType(WeightDType.valueOf(options.model().dtype().name()))
                .withQuantization(
                        Quantization.valueOf(options.model().quantization().name()))
                .withCacheDType(cacheDType(options.cache()));
        DeviceOptions defaults = DeviceOptions.defaults();
        DeviceOptions device = new DeviceOptions(
                options.device().backend().orElse(defaults.backend()),
                options.device().device(),
                options.device().threads(),
                options.cache().memoryUtilization(),
                EnvironmentOptions.cacheDirectory(environment, home()),
                options.device().settings());
        return new LlmOptions(model, device, options.engine(), listener);
    }
}
