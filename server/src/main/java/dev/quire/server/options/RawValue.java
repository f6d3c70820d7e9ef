package dev.quire.server.options;

import java.util.List;

/**
 * A value as a source wrote it.
 *
 * @param texts one text, or the elements of a list
 * @param source where it was written, for messages: {@code --port}, {@code QUIRE_PORT}, {@code quire.yaml}
 */
record RawValue(List<String> texts, String source) {
    RawValue {
        texts = List.copyOf(texts);
    }
}
