/**
 * A model's files as one thing: config, weights under the names that programs use, and the formats that they will have on the device. Reads
 * Hugging Face folders and GGUF files; never sees where files came from, tokenizers or backends.
 */
package dev.quire.core.model.checkpoint;
