/**
 * Turns text into token ids and token ids into text, whole or as a stream. Wraps the Hugging Face tokenizers; a tokenizer comes from a model
 * folder or is rebuilt from the metadata of a GGUF file. Never sees requests, logits or HTTP, and never opens a connection.
 *
 * <p>Threads: {@link dev.quire.core.text.Tokenizer} is immutable and shared; a {@link dev.quire.core.text.StreamingDetokenizer} and a
 * {@link dev.quire.core.text.StopStringMatcher} belong to one sequence and to one thread at a time.
 */
package dev.quire.core.text;
