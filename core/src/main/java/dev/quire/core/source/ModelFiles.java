package dev.quire.core.source;

import java.nio.file.Path;

/** A model on disk, complete. */
public sealed interface ModelFiles {
    /** The folder or the file. */
    Path path();

    /** A folder in the layout of the hub: config.json, safetensors, a tokenizer. */
    record HuggingFaceFolder(Path path) implements ModelFiles {}

    /** One GGUF file: config, tokenizer and weights. */
    record GgufFile(Path path) implements ModelFiles {}
}
