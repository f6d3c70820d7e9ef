package dev.quire.server.metrics;

import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.util.regex.Pattern;

/**
 * Metrics in Prometheus' text format, under vLLM's names. The registry writes an underscore where vLLM has a colon, and takes
 * {@code _total} from the name of the one histogram that ends so, {@code _info} from that of the one gauge; all are put back.
 */
public final class VllmNames {
    /** Media type of the text. */
    public static final String MEDIA_TYPE = "text/plain; version=0.0.4; charset=utf-8";

    private static final Pattern PREFIX = Pattern.compile("^(# HELP |# TYPE |)vllm_", Pattern.MULTILINE);
    private static final Pattern ITERATIONS = Pattern.compile("vllm:iteration_tokens(?=[_ ])");

    private static final Pattern CONFIG = Pattern.compile("vllm:cache_config(?=[{ ])");

    private VllmNames() {}

    /** All that the registry holds. */
    public static String scrape(PrometheusMeterRegistry registry) {
        String text = PREFIX.matcher(registry.scrape()).replaceAll("$1vllm:");
        text = CONFIG.matcher(text).replaceAll("vllm:cache_config_info");
        return ITERATIONS.matcher(text).replaceAll("vllm:iteration_tokens_total");
    }
}
