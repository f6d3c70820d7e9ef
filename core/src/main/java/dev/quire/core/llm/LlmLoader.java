package dev.quire.core.llm;

import dev.quire.api.AttentionBackend;
import dev.quire.api.BackendException;
import dev.quire.api.BackendOptions;
import dev.quire.api.BackendProvider;
import dev.quire.core.cache.BlockManager;
import dev.quire.core.cache.PrefixCaching;
import dev.quire.core.engine.Engine;
import dev.quire.core.engine.EngineOptions;
import dev.quire.core.engine.SchedulerParts;
import dev.quire.core.engine.ServedModel;
import dev.quire.core.model.ModelInfo;
import dev.quire.core.model.checkpoint.ModelCheckpoint;
import dev.quire.core.scheduler.Scheduler;
import dev.quire.core.scheduler.SchedulerOptions;
import dev.quire.core.scheduler.SchedulingPolicy;
import dev.quire.core.source.ModelFiles;
import dev.quire.core.source.ModelSource;
import dev.quire.core.text.Tokenizer;
import dev.quire.core.text.template.ChatTemplate;
import dev.quire.core.text.template.TemplateException;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;

/** Puts an {@link Llm} together. What it opened is closed again if a part fails. */
final class LlmLoader {
    /** The share of blocks that an admission leaves to those who run. */
    private static final double WATERMARK = 0.01;

    private final LlmOptions options;
    private final Backends backends;

    LlmLoader(LlmOptions options, Backends backends) {
        this.options = options;
        this.backends = backends;
    }

    Llm load() {
        try (Resources resources = new Resources()) {
            SchedulerOptions scheduling = scheduling(options.engine());
            BackendProvider provider = backends.choose(options.device().backend());
            try (OpeningModel model = new OpeningModel(files())) { // reads files while the backend loads its libraries
                AttentionBackend backend = openBackend(provider);
                resources.add(backend, backend::close);
                return assemble(backend, model.opened(), scheduling, resources);
            }
        }
    }

    /**
     * Says who would run what, and loads no weights onto the backend. Those that are stored as matrices of 4 bits in parts are read and put together all the
     * same, which takes the memory of the model and the time to read it.
     */
    Explanation explain() {
        try (Resources resources = new Resources()) {
            AttentionBackend backend =
                    openBackend(backends.choose(options.device().backend()));
            resources.add(backend, backend::close);
            try (ModelCheckpoint checkpoint = OpenModel.of(files()).checkpoint()) {
                ModelDefinition definition = ModelDefinition.of(checkpoint, options, backend.info());
                PlacedModel placed = PlacedModel.of(backend, definition, options, backends, resources);
                return new Explanation(
                        definition.architecture().info(),
                        definition.maxModelLen(),
                        definition.architecture().cache(),
                        placed.backend().info(),
                        placed.forward(),
                        placed.sampling());
            }
        }
    }

    private ModelFiles files() {
        ModelSource source =
                new ModelSource(options.model().source(), options.listener().downloads());
        return source.resolve(options.model().name());
    }

    private Llm assemble(AttentionBackend backend, OpenModel model, SchedulerOptions scheduling, Resources resources) {
        ModelCheckpoint checkpoint = model.checkpoint();
        ModelDefinition definition = ModelDefinition.of(checkpoint, options, backend.info());
        PlacedModel placed = PlacedModel.of(backend, definition, options, backends, resources);
        placed.requireRunnable(definition);
        CompiledModel compiled = CompiledModel.compile(placed, definition, checkpoint.weights(), options, resources);
        ModelInfo info = definition.architecture().info();
        ServedModel served =
                new ServedModel(info.vocabSize(), definition.maxModelLen(), eos(model.tokenizer(), info.vocabSize()));
        Engine engine = new Engine(
                served,
                options.engine(),
                parts(scheduling, compiled.cache()),
                compiled.runner(),
                options.listener()::stepCompleted);
        resources.add(engine, engine::close);
        if (placed.backend().info().name().equals(Backends.CPU)) { // others' kernels are not the JVM's
            engine.warmUp(options.engine().maxNumBatchedTokens());
        }
        return new Llm(
                engine,
                model.tokenizer(),
                chatTemplate(model.tokenizer()),
                checkpoint.generationConfig(),
                new LlmInfo(
                        info,
                        definition.maxModelLen(),
                        compiled.weightBytes(),
                        compiled.cache(),
                        placed.backend().info(),
                        options.engine().numerics()),
                resources.handOver());
    }

    private AttentionBackend openBackend(BackendProvider provider) {
        DeviceOptions device = options.device();
        BackendOptions given = new BackendOptions(
                device.threads(), device.cacheDirectory(), options.listener()::notice, device.settings());
        AttentionBackend backend = Backends.open(provider, device.device(), given);
        if (!backend.info().numerics().contains(options.engine().numerics())) {
            backend.close();
            throw new BackendException(
                    BackendException.Kind.UNSUPPORTED,
                    "Backend '%s' does not offer %s numerics; it offers %s. Choose one of these, or another backend."
                            .formatted(
                                    provider.name(),
                                    options.engine().numerics(),
                                    backend.info().numerics()));
        }
        return backend;
    }

    private Optional<ChatTemplate> chatTemplate(Tokenizer tokenizer) {
        try {
            return tokenizer.chatTemplate().map(ChatTemplate::parse);
        } catch (TemplateException e) {
            options.listener()
                    .notice(
                            "The model's chat template cannot be used: %s Chat requests need another one (chat-template)."
                                    .formatted(e.getMessage()));
            return Optional.empty();
        }
    }

    private static Set<Integer> eos(Tokenizer tokenizer, int vocabSize) {
        return tokenizer.eosIds().stream().filter(id -> id < vocabSize).collect(Collectors.toUnmodifiableSet());
    }

    private static SchedulerOptions scheduling(EngineOptions engine) {
        SchedulingPolicy policy = switch (engine.policy()) {
            case FCFS -> SchedulingPolicy.FCFS;
            case PRIORITY -> SchedulingPolicy.PRIORITY;
        };
        return new SchedulerOptions(
                engine.maxNumSeqs(), engine.maxNumBatchedTokens(), engine.maxLogitRows(), policy, WATERMARK);
    }

    private SchedulerParts parts(SchedulerOptions scheduling, CacheSize cache) {
        PrefixCaching caching = options.engine().prefixCaching() ? PrefixCaching.ON : PrefixCaching.OFF;
        BlockManager blocks = new BlockManager(cache.blocks(), cache.blockSize(), caching);
        return new SchedulerParts(new Scheduler(scheduling, blocks), blocks);
    }
}
