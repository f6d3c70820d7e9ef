package dev.quire.core.text.template;

import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Map;

/** Renders templates for tests, at a fixed time. */
final class Rendered {

    static final Clock CLOCK = Clock.fixed(Instant.parse("2025-03-09T17:04:05.678Z"), ZoneOffset.UTC);

    private Rendered() {}

    static String of(String source) {
        return of(source, Map.of());
    }

    static String of(String source, Map<String, Object> context) {
        return ChatTemplate.parse(source, TemplateLimits.defaults(), CLOCK).render(context);
    }

    /** The failure of a template that must fail. */
    static TemplateException failure(String source, Map<String, Object> context, TemplateLimits limits) {
        try {
            String text = ChatTemplate.parse(source, limits, CLOCK).render(context);
            throw new AssertionError("rendered instead of failing: " + text.substring(0, Math.min(200, text.length())));
        } catch (TemplateException failure) {
            return failure;
        }
    }

    static TemplateException failure(String source) {
        return failure(source, Map.of(), TemplateLimits.defaults());
    }

    static TemplateLimits steps(long steps) {
        return new TemplateLimits(steps, Duration.ofMinutes(10), 1 << 24, 400, 1_000_000);
    }
}
