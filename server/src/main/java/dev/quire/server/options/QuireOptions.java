package dev.quire.server.options;

import dev.quire.api.types.Numerics;
import dev.quire.core.engine.EngineOptions;
import io.vertx.core.json.JsonObject;

/**
 * Everything the program can be told. Read by an {@link OptionReader} from flags, environment, a YAML file and JSON; the table of single
 * options is {@link OptionTable}.
 *
 * @param model which model is served
 * @param scheduler who runs next, and how much at once
 * @param cache the KV cache
 * @param device what the model runs on
 * @param http the HTTP server
 */
public record QuireOptions(
        ModelOptions model, SchedulerOptions scheduler, CacheOptions cache, DeviceOptions device, HttpOptions http) {
    /** @throws OptionException if options that are each right do not go together */
    public QuireOptions {
        if (device.numerics() == Numerics.REPRODUCIBLE && model.dtype() == ModelOptions.ModelDType.FLOAT32) {
            throw new OptionException(
                    "dtype float32 has no reproducible numerics: float32 products are not exact, so their sum depends on its order and on fusing. Pass --dtype bfloat16 or auto, or --numerics fast.");
        }
    }

    /**
     * Reads a deployed verticle's configuration: keys as in YAML, with dashes or underscores.
     *
     * @throws OptionException listing all problems
     */
    public static QuireOptions from(JsonObject config) {
        return new OptionReader().json(config, "the verticle's configuration").read();
    }

    static QuireOptions of(OptionValues values) {
        return new QuireOptions(
                ModelOptions.of(values),
                SchedulerOptions.of(values),
                CacheOptions.of(values),
                DeviceOptions.of(values),
                HttpOptions.of(values));
    }

    /** These with {@link HttpOptions#local} listening. */
    public QuireOptions local() {
        return new QuireOptions(model, scheduler, cache, device, http.local());
    }

    /** The engine's share of these options. */
    public EngineOptions engine() {
        return new EngineOptions(
                model.maxModelLen(),
                scheduler.maxNumSeqs(),
                scheduler.maxNumBatchedTokens(),
                Math.max(EngineOptions.DEFAULT.maxLogitRows(), scheduler.maxNumSeqs()),
                scheduler.maxQueuedRequests(),
                cache.blockSize(),
                cache.blocks(),
                cache.kvCacheMemoryBytes(),
                cache.prefixCaching(),
                scheduler.policy(),
                model.seed(),
                device.numerics());
    }
}
