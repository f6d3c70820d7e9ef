package dev.quire.server.options;

import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Every option of the program, in the order in which help and documentation show them. */
public final class OptionTable {
    /** Options that belong together, under one heading. */
    public record Section(String title, List<Option<?>> options) {
        public Section {
            options = List.copyOf(options);
        }
    }

    /** The sections, in order. */
    public static final List<Section> SECTIONS = List.of(
            new Section("Model", ModelOptions.OPTIONS),
            new Section("Downloads", HubOptions.OPTIONS),
            new Section("Device", DeviceOptions.OPTIONS),
            new Section("Scheduler", SchedulerOptions.OPTIONS),
            new Section("KV cache", CacheOptions.OPTIONS),
            new Section(
                    "HTTP server",
                    Stream.of(HttpOptions.OPTIONS, HttpLimits.OPTIONS)
                            .<Option<?>>flatMap(List::stream)
                            .toList()));

    private static final Map<String, Option<?>> BY_NAME = SECTIONS.stream()
            .flatMap(section -> section.options().stream())
            .collect(Collectors.toMap(Option::name, option -> option, (a, b) -> a, LinkedHashMap::new));

    /** vLLM's options that people bring along, and why Quire has none of that name. */
    private static final Map<String, String> LACKING = Map.ofEntries(
            Map.entry("tensor-parallel-size", "Quire runs a model on one device; leave it out."),
            Map.entry("pipeline-parallel-size", "Quire runs a model on one device; leave it out."),
            Map.entry("data-parallel-size", "start one server for each device and put a router before them."),
            Map.entry("trust-remote-code", "Quire never runs code that comes with a model; leave it out."),
            Map.entry("enforce-eager", "the backend decides how it issues a step; leave it out."),
            Map.entry("swap-space", "preempted sequences are computed again; leave it out."),
            Map.entry("enable-lora", "LoRA adapters are not supported."),
            Map.entry("lora-modules", "LoRA adapters are not supported."),
            Map.entry("speculative-config", "speculative decoding is not supported."),
            Map.entry("tool-call-parser", "tool calls are not parsed out of the model's text; clients get the text."),
            Map.entry(
                    "enable-auto-tool-choice",
                    "tool calls are not parsed out of the model's text; clients get the text."),
            Map.entry("reasoning-parser", "reasoning is not parsed out of the model's text; clients get the text."),
            Map.entry("tokenizer", "the tokenizer is the model's own."),
            Map.entry("load-format", "the format is recognised from the model's files; leave it out."));

    private OptionTable() {}

    /** The option of that name; underscores count as dashes. */
    public static Optional<Option<?>> find(String name) {
        return Optional.ofNullable(BY_NAME.get(name.replace('_', '-')));
    }

    /** All options. */
    public static Collection<Option<?>> all() {
        return BY_NAME.values();
    }

    /** What to answer to a name that is no option: why it is missing, what was probably meant, or which ones there are. */
    static String unknown(String name, String source) {
        String reason = LACKING.get(name.replace('_', '-'));
        if (reason != null) {
            return "%s (from %s) is not an option of Quire: %s".formatted(name, source, reason);
        }
        String hint = Spelling.nearest(name, BY_NAME.keySet())
                .map(near -> "Did you mean %s? ".formatted(near))
                .orElse("");
        return "%s (from %s) is not an option. %sOptions: %s."
                .formatted(name, source, hint, String.join(", ", BY_NAME.keySet()));
    }
}
