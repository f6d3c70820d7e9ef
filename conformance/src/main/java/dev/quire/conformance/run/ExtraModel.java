package dev.quire.conformance.run;

import java.nio.file.Path;

/**
 * A model to run beside the kit's own.
 *
 * @param name as golden data call it
 * @param files where its weights lie
 */
public record ExtraModel(String name, Path files) {
    /** Reads {@code NAME=PATH}. */
    static ExtraModel parse(String text) {
        int at = text.indexOf('=');
        if (at < 1 || at == text.length() - 1) {
            throw new UsageException("--model is '%s'; write NAME=PATH, such as smollm2=model.gguf".formatted(text));
        }
        return new ExtraModel(text.substring(0, at), Path.of(text.substring(at + 1)));
    }

    /** What {@link #parse} reads. */
    String text() {
        return name + "=" + files;
    }
}
